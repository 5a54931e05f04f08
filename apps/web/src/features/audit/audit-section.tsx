"use client";
import { AuditTable } from "@heddle/ui/audit-table";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { EmptyState } from "@heddle/ui/empty-state";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ScrollText, ShieldCheck } from "lucide-react";
import { SettingsSection } from "../settings/section.tsx";
import { messageOf } from "../shell/failure.ts";
import { FailureState } from "../shell/failure-state.tsx";
import { type Outputs, useTRPC, useTRPCClient } from "../shell/trpc.ts";

type Event = Outputs["audit"]["recent"]["events"][number];

const pageSize = 50;

export function AuditSection() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const log = useInfiniteQuery({
    queryKey: [...trpc.audit.recent.pathKey(), "pages"],
    queryFn: ({ pageParam, signal }) => client.audit.recent.query({ before: pageParam, limit: pageSize }, { signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ events }) => (events.length === pageSize ? events.at(-1)?.seq : undefined),
  });
  const events = log.data?.pages.flatMap((page) => page.events);
  return (
    <SettingsSection
      title="Audit log"
      description="Who did what, newest first. Each entry holds the hash of the one before, so that a change shows."
      actions={<Verify />}
    >
      {log.isError && !events ? (
        <FailureState title="The audit log could not be loaded" error={log.error} onRetry={log.refetch} />
      ) : !events ? (
        <SkeletonRows rows={12} label="Loading the audit log" />
      ) : events.length === 0 ? (
        <EmptyState icon={ScrollText} title="No entries yet" />
      ) : (
        <AuditTable
          rows={events.map(rowOf)}
          onLoadMore={log.hasNextPage ? () => log.fetchNextPage() : undefined}
          loadingMore={log.isFetchingNextPage}
        />
      )}
    </SettingsSection>
  );
}

/** Recomputes the chain on the server and says what came out. */
function Verify() {
  const verdict = useQuery(useTRPC().audit.verify.queryOptions(undefined, { enabled: false, gcTime: 0 }));
  const { data, error, isFetching, refetch } = verdict;
  return (
    <>
      <Button pending={isFetching} onClick={() => refetch()}>
        <ShieldCheck aria-hidden /> Verify
      </Button>
      <div className="w-full empty:hidden" aria-live="polite">
        {error ? (
          <Banner tone="danger">{messageOf(error)}</Banner>
        ) : !data || isFetching ? null : data.ok ? (
          <Banner tone="success" title={`Entries ${data.from} to ${data.to} are unchanged`}>
            <span className="font-mono text-xs [overflow-wrap:anywhere]">{data.head}</span>
          </Banner>
        ) : (
          <Banner tone="danger" title="The log was changed">
            The chain does not hold between entries {data.from} and {data.to}. Compare with a copy kept elsewhere.
          </Banner>
        )}
      </div>
    </>
  );
}

function rowOf({ seq, at, actorName, via, action, resourceType, resourceId, outcome, ip }: Event) {
  const resource = `${resourceType} ${resourceId}`;
  return { seq, at, actor: actorName, via: viaNames[via.split(":")[0] ?? ""] ?? via, action, resource, outcome, ip };
}

/** The log names the very session or token; a reader wants the way. */
const viaNames: Record<string, string> = { session: "in the browser", token: "by token", password: "with password" };
