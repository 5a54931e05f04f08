import { plural } from "@heddle/ui/format";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { type Outputs, useTRPC } from "../shell/trpc.ts";

export type Sharing = Outputs["sharing"]["get"];
export type SharingPerson = Sharing["people"][number];

/** Who sees a thread, and what each of them may do; read again when the workspace changes. */
export function useSharing(threadId: string) {
  return useQuery(useTRPC().sharing.get.queryOptions({ threadId }));
}

/** Changes who sees a thread. The list and the thread are read again in any case. */
export function useShare(threadId: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = {
    onSuccess({ turns }: { turns: number }) {
      if (turns > 0)
        void notify(`${plural(turns, "turn")} stopped`, { description: "Their sender may not steer now." });
    },
    onError: (error: unknown) => void notify("Not changed", { description: messageOf(error) ?? undefined }),
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: trpc.sharing.get.queryKey({ threadId }) }),
        queryClient.invalidateQueries({ queryKey: trpc.threads.get.queryKey({ threadId }) }),
        queryClient.invalidateQueries({ queryKey: trpc.threads.listAll.queryKey() }),
      ]),
  };
  return {
    setVisibility: useMutation(trpc.sharing.setVisibility.mutationOptions(options)),
    setMember: useMutation(trpc.sharing.setMember.mutationOptions(options)),
    removeMember: useMutation(trpc.sharing.removeMember.mutationOptions(options)),
    handOver: useMutation(trpc.sharing.handOver.mutationOptions(options)),
  };
}
