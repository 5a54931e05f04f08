import type { ThreadView } from "@heddle/db/threads.schema";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { failureOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";

/** Keeps the newer of two states of a thread in the cache, and has the lists read again. */
function useTake() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return (thread: ThreadView) => {
    const key = trpc.threads.get.queryKey({ threadId: thread.id });
    queryClient.setQueryData(key, (known) => (known && known.seq > thread.seq ? known : thread));
    void queryClient.invalidateQueries({ queryKey: trpc.threads.listAll.queryKey() });
  };
}

/** Brings an archived thread back. @param quiet where the caller itself shows why it did not work */
export function useRestore({ quiet = false } = {}) {
  const trpc = useTRPC();
  const take = useTake();
  return useMutation(
    trpc.threads.restore.mutationOptions({
      onSuccess(thread) {
        take(thread);
        void notify("Thread restored", { description: thread.title });
      },
      onError(error) {
        if (!quiet) void notify("The thread was not restored", { description: failureOf(error).message });
      },
    }),
  );
}

/** Sets a thread aside; the message that says so can undo it. */
export function useArchive(title: string) {
  const trpc = useTRPC();
  const take = useTake();
  const restore = useRestore();
  return useMutation(
    trpc.threads.archive.mutationOptions({
      onSuccess(thread) {
        take(thread);
        const undo = { label: "Undo", onClick: () => restore.mutate({ threadId: thread.id }) };
        void notify("Thread archived", { description: title, action: undo });
      },
    }),
  );
}
