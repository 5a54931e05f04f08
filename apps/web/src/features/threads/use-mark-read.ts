import type { ThreadView } from "@heddle/db/threads.schema";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTRPC, useTRPCClient } from "../shell/trpc.ts";

/** A thread at work changes many times a second. */
const everyMs = 1_000;

/** Notes that the reader has the thread before them, as long as the tab is visible: at once here, soon on the server. */
export function useMarkRead(thread: ThreadView | undefined): void {
  const queryClient = useQueryClient();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const latest = useRef(thread);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const threadId = thread?.id;
  const unread = thread !== undefined && thread.seq > (thread.readSeq ?? -1);

  useEffect(() => {
    latest.current = thread;
    if (!unread) return;
    const mark = () => {
      if (document.visibilityState !== "visible") return;
      showAsRead(queryClient, trpc, thread);
      // What fails is sent with the thread's next change.
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        const { id, seq } = latest.current ?? thread;
        client.threads.markRead.mutate({ threadId: id, seq }).then(
          // Lists may have been read again before the server knew.
          () => showAsRead(queryClient, trpc, { id, seq }),
          () => undefined,
        );
      }, everyMs);
    };
    mark();
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  });

  useEffect(() => {
    if (threadId === undefined) return;
    return () => {
      if (timer.current === undefined) return;
      clearTimeout(timer.current);
      timer.current = undefined;
      const seq = latest.current?.id === threadId ? latest.current.seq : null;
      if (seq !== null) void client.threads.markRead.mutate({ threadId, seq }).catch(() => undefined);
    };
  }, [threadId, client]);
}

function showAsRead(
  queryClient: QueryClient,
  trpc: ReturnType<typeof useTRPC>,
  { id, seq }: Pick<ThreadView, "id" | "seq">,
): void {
  const read = (thread: ThreadView) =>
    thread.id === id ? { ...thread, readSeq: Math.max(seq, thread.readSeq ?? 0) } : thread;
  queryClient.setQueryData(trpc.threads.get.queryKey({ threadId: id }), (known) => known && read(known));
  queryClient.setQueryData(trpc.threads.listAll.queryKey(), (all) => all?.map(read));
}
