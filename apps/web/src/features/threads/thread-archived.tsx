"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { ArchivedBar } from "@heddle/ui/archived-bar";
import { messageOf } from "../shell/failure.ts";
import { canOn } from "../shell/use-workspace.ts";
import { useRestore } from "./use-archive.ts";

/** Below the conversation of an archived thread. */
export function ThreadArchived({ thread }: { thread: ThreadView }) {
  const canRestore = canOn(thread, "thread.archive");
  const restore = useRestore({ quiet: true });
  return (
    <ArchivedBar
      archivedAt={thread.archivedAt}
      onRestore={canRestore ? () => restore.mutate({ threadId: thread.id }) : undefined}
      restoring={restore.isPending}
      error={messageOf(restore.error)}
    />
  );
}
