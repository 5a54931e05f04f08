import { useMutation, useQueryClient } from "@tanstack/react-query";
import { failureOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";

/** Sends a further prompt. The prompt itself comes back with the event stream. */
export function useSendTurn(threadId: string, onError?: (message: string) => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.threads.sendTurn.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.threads.turns.queryKey({ threadId }) }),
      onError(error) {
        const { message } = failureOf(error);
        if (onError) onError(message);
        else void notify("The prompt was not sent", message);
      },
    }),
  );
}
