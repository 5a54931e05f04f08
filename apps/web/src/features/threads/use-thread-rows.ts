import type { ThreadView } from "@heddle/db/threads.schema";
import type { ThreadView as ThreadRowView } from "@heddle/ui/types";
import { useMemo } from "react";
import { useSeen } from "./use-seen.ts";

/** Threads as the rows of lists show them. */
export function useThreadRows(threads: readonly ThreadView[] | undefined): ThreadRowView[] | undefined {
  const [seen] = useSeen();
  return useMemo(
    () =>
      threads?.map(({ createdBy, ...thread }) => ({
        ...thread,
        startedBy: createdBy,
        unread: thread.status !== "running" && thread.seq > (seen[thread.id] ?? Number.POSITIVE_INFINITY),
      })),
    [threads, seen],
  );
}
