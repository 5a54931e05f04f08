import { useMutation, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";

/** Gives and takes roles in a project; the list is read again in any case. */
export function useSetRole(projectId: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = {
    onError: (error: unknown) =>
      void notify("The role was not changed", { description: messageOf(error) ?? undefined }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.projectMembers.list.queryKey({ projectId }) }),
  };
  return {
    set: useMutation(trpc.projectMembers.set.mutationOptions(options)),
    remove: useMutation(trpc.projectMembers.remove.mutationOptions(options)),
  };
}
