import { useMutation, useQueryClient } from "@tanstack/react-query";
import { failureOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";

/** Goes on with the last turn after it failed or was stopped. */
export function useRetry(threadId: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.threads.retry.mutationOptions({
      onError: (error) => notify("The turn does not go on", { description: failureOf(error).message }),
      onSettled() {
        void queryClient.invalidateQueries({ queryKey: trpc.threads.turns.queryKey({ threadId }) });
        void queryClient.invalidateQueries({ queryKey: trpc.threads.get.queryKey({ threadId }) });
      },
    }),
  );
}
