import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../shell/trpc.ts";

/** Sends a further prompt. The prompt itself comes back with the event stream, or with the turns while it waits. */
export function useSendTurn(threadId: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.threads.sendTurn.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.threads.turns.queryKey({ threadId }) }),
    }),
  );
}
