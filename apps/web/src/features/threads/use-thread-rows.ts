import type { ThreadView } from "@heddle/db/threads.schema";
import type { ThreadView as ThreadRowView } from "@heddle/ui/types";
import { useParams } from "next/navigation";
import { useMemo } from "react";

/** Threads as the rows of lists show them. */
export function useThreadRows(threads: readonly ThreadView[] | undefined): ThreadRowView[] | undefined {
  const { threadId: openId } = useParams<{ threadId?: string }>();
  return useMemo(
    () =>
      threads?.map(({ createdBy, ...thread }) => ({
        ...thread,
        startedBy: createdBy,
        unread:
          thread.id !== openId &&
          thread.status !== "running" &&
          thread.seq > (thread.readSeq ?? Number.POSITIVE_INFINITY),
      })),
    [threads, openId],
  );
}
