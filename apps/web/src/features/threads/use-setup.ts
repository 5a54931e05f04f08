import type { ThreadView } from "@heddle/db/threads.schema";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "../shell/failure.ts";
import { composerAfterButton } from "../shell/keys.ts";
import { useTRPC } from "../shell/trpc.ts";

/**
 * What can be decided about the setup of a thread's worktree.
 * @param requestId of the question that is shown, so that no other one is answered
 */
export function useSetup(threadId: string, requestId?: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = {
    onSuccess(thread: ThreadView) {
      composerAfterButton()?.focus();
      const key = trpc.threads.get.queryKey({ threadId });
      queryClient.setQueryData(key, (known) => (known && known.seq > thread.seq ? known : thread));
      void queryClient.invalidateQueries({ queryKey: trpc.threads.turns.queryKey({ threadId }) });
      void queryClient.invalidateQueries({ queryKey: trpc.projects.pathKey() });
    },
  };
  const decide = useMutation(trpc.threads.decideSetup.mutationOptions(options));
  const again = useMutation(trpc.threads.retrySetup.mutationOptions(options));
  return {
    run: () => decide.mutate({ threadId, decision: "run", requestId }),
    skip: () => decide.mutate({ threadId, decision: "skip", requestId }),
    again: () => again.mutate({ threadId }),
    pending: again.isPending ? ("again" as const) : decide.isPending ? (decide.variables?.decision ?? null) : null,
    error: messageOf(decide.error ?? again.error),
  };
}
