"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { Button } from "@heddle/ui/button";
import { formatCount } from "@heddle/ui/format";
import { foldDecisions, NetworkList } from "@heddle/ui/network-list";
import { Segmented } from "@heddle/ui/segmented";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../shell/failure.ts";
import { useTRPC, useTRPCClient } from "../shell/trpc.ts";
import { useCanIn } from "../shell/use-workspace.ts";
import { useAllowHost } from "./use-allow-host.ts";
import { isBusy } from "./use-turns.ts";

/** Decisions change no row of the thread, so they are asked for. */
const pollMs = 3_000;
/** As many as the server gives at a time. */
const pageSize = 100;

/** What the thread's commands wanted to reach, and whether they could. */
export function ThreadNetwork({ thread }: { thread: ThreadView }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const threadId = thread.id;
  const [shown, setShown] = useState("all");
  const canManage = useCanIn(thread.projectId, "project.manage");
  const { allow, allowing, isAllowed } = useAllowHost(thread.projectId);
  const log = useInfiniteQuery({
    queryKey: [...trpc.threads.network.queryKey({ threadId }), "pages"],
    queryFn: ({ pageParam: before, signal }) => client.threads.network.query({ threadId, before }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ decisions }) => (decisions.length === pageSize ? decisions.at(-1)?.id : undefined),
    refetchInterval: isBusy(thread) ? pollMs : false,
    refetchOnMount: "always",
  });
  const all = log.data?.pages.flatMap((page) => page.decisions);

  if (!all) {
    return log.isError ? (
      <p role="alert" className="flex flex-wrap items-center gap-2 text-danger text-sm">
        {messageOf(log.error)}
        <Button size="sm" onClick={() => log.refetch()}>
          Try again
        </Button>
      </p>
    ) : (
      <SkeletonRows rows={4} label="Loading connections" />
    );
  }
  if (all.length === 0) {
    return <p className="text-muted text-sm">No command has asked for the network so far.</p>;
  }
  const refused = all.filter(({ allowed }) => !allowed);
  const unlogged = log.data?.pages[0]?.unlogged ?? 0;
  return (
    <>
      <Segmented
        label="Which connections"
        value={shown}
        onValueChange={setShown}
        options={[
          { value: "all", label: "All" },
          { value: "refused", label: `Refused ${formatCount(refused.length)}` },
        ]}
      />
      {shown === "refused" && refused.length === 0 ? (
        <p className="text-muted text-sm">None of them was refused.</p>
      ) : (
        <NetworkList
          decisions={foldDecisions(shown === "refused" ? refused : all)}
          onAllow={canManage ? allow : undefined}
          allowing={allowing}
          isAllowed={isAllowed}
          onLoadMore={log.hasNextPage ? () => log.fetchNextPage() : undefined}
          loadingMore={log.isFetchingNextPage}
        />
      )}
      {unlogged > 0 && (
        <p className="text-muted text-xs">{formatCount(unlogged)} more connections were not kept one by one.</p>
      )}
    </>
  );
}
