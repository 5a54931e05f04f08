"use client";
import { Badge } from "@heddle/ui/badge";
import { Banner } from "@heddle/ui/banner";
import { EmptyState } from "@heddle/ui/empty-state";
import { RelativeTime } from "@heddle/ui/relative-time";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { StuckList, type StuckThreadView } from "@heddle/ui/stuck-list";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { type ReactNode, useId } from "react";
import { SettingsSection } from "../settings/section.tsx";
import { messageOf } from "../shell/failure.ts";
import { FailureState } from "../shell/failure-state.tsx";
import { type Outputs, useTRPC, useTRPCClient } from "../shell/trpc.ts";
import { Hosts } from "./hosts.tsx";
import { Providers } from "./providers.tsx";

type Status = Outputs["status"]["read"];

/** Hosts renew their leases and queues move without a hint to the page. */
const pollMs = 5_000;

/** How Heddle itself is doing: parts, hosts, queues, threads that do not get on. */
export function StatusSection() {
  const status = useQuery(useTRPC().status.read.queryOptions(undefined, { refetchInterval: pollMs }));
  const { data } = status;
  return (
    <SettingsSection
      title="Status"
      description="The parts of Heddle, the hosts that keep worktrees, and threads that do not get on."
      actions={
        data && (
          <p className="text-subtle text-xs">
            Version {data.version} · read <RelativeTime at={data.at} />
          </p>
        )
      }
    >
      {status.isError && data && (
        <Banner tone="warn" title="What you see may be out of date">
          {messageOf(status.error)}
        </Banner>
      )}
      {data ? (
        <>
          <Parts parts={data.parts} />
          <Part title="Models">
            <Providers providers={data.providers} />
          </Part>
          <Part title="Stuck threads" count={data.stuck.length}>
            <Stuck threads={data.stuck} />
          </Part>
          <Part title="Hosts">
            <Hosts hosts={data.hosts} />
          </Part>
          <Part title="Queues">
            <Queues queues={data.queues} />
          </Part>
        </>
      ) : status.isError ? (
        <FailureState title="The status could not be loaded" error={status.error} onRetry={status.refetch} />
      ) : (
        <SkeletonRows rows={12} label="Loading the status" />
      )}
    </SettingsSection>
  );
}

const partNames: Record<Status["parts"][number]["name"], string> = {
  postgres: "PostgreSQL",
  temporal: "Temporal",
  worker: "Workers",
  model: "Models",
};

function Parts({ parts }: Pick<Status, "parts">) {
  return (
    <ul
      aria-label="Parts"
      className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-4"
    >
      {parts.map(({ name, ok }) => (
        <li key={name} className="flex items-center gap-2 bg-surface px-3 py-2.5 text-sm">
          {ok ? (
            <CircleCheck className="size-4 shrink-0 text-success" aria-hidden />
          ) : (
            <CircleX className="size-4 shrink-0 text-danger" aria-hidden />
          )}
          <span className="min-w-0 flex-1 truncate">{partNames[name]}</span>
          <span className={ok ? "text-muted text-xs" : "text-danger text-xs"}>{ok ? "Well" : "Down"}</span>
        </li>
      ))}
    </ul>
  );
}

function Part({ title, count, children }: { title: string; count?: number; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mt-3 flex flex-col gap-2">
      <h3 id={id} className="flex items-center gap-2 font-medium text-base">
        {title}
        {count ? <Badge>{count}</Badge> : null}
      </h3>
      {children}
    </section>
  );
}

function Stuck({ threads }: { threads: Status["stuck"] }) {
  const client = useTRPCClient();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const act = useMutation({
    async mutationFn({ threadId, action }: { threadId: string; action: "interrupt" | "retry" }) {
      await client.threads[action].mutate({ threadId });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.status.pathKey() }),
  });
  if (threads.length === 0) {
    return (
      <EmptyState
        icon={CircleCheck}
        title="Every thread gets on"
        className="h-auto rounded-lg border border-line py-6"
      />
    );
  }
  const failed = act.error && act.variables ? { [act.variables.threadId]: messageOf(act.error) ?? "" } : undefined;
  return (
    <StuckList
      threads={threads}
      onAction={({ threadId }: StuckThreadView, action) => act.mutate({ threadId, action })}
      pending={act.isPending ? act.variables : null}
      errors={failed}
    />
  );
}

const queueNames: Record<Status["queues"][number]["name"], string> = {
  prompts: "Prompts that have not begun",
  jobs: "Commits, archives and other jobs",
  repositories: "Repositories being read",
};

function Queues({ queues }: Pick<Status, "queues">) {
  return (
    <dl className="divide-y divide-line rounded-lg border border-line text-sm">
      {queues.map(({ name, waiting, oldestAt }) => (
        <div key={name} className="flex flex-wrap items-baseline gap-x-3 px-3 py-2">
          <dt className="min-w-0 flex-1">{queueNames[name]}</dt>
          <dd className="text-muted">
            {waiting === 0 ? (
              "None waits"
            ) : (
              <>
                <span className="font-medium text-fg">{waiting}</span>
                {oldestAt && (
                  <>
                    , the oldest from <RelativeTime at={oldestAt} />
                  </>
                )}
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
