import type { ThreadView } from "@heddle/db/threads.schema";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { failureOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";

/** Stops the running turn. `stopping` from the click until the turn has ended. */
export function useStop(thread: ThreadView): { stop: () => void; stopping: boolean } {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const interrupt = useMutation(
    trpc.threads.interrupt.mutationOptions({
      onSuccess(next) {
        const key = trpc.threads.get.queryKey({ threadId: next.id });
        queryClient.setQueryData(key, (known) => (known && known.seq > next.seq ? known : next));
      },
      onError(error) {
        const { code, message } = failureOf(error);
        // The turn has ended by itself meanwhile.
        if (code !== "NOT_RUNNING") void notify("The turn was not stopped", { description: message });
      },
    }),
  );
  return {
    stop: () => interrupt.mutate({ threadId: thread.id }),
    stopping: interrupt.isPending || thread.stopping,
  };
}
