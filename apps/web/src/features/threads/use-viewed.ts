import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";

/** Which files of a thread the reader has looked through, by the hashes of their patches; a change shows at once. */
export function useViewed(threadId: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const queryKey = trpc.threads.viewed.queryKey({ threadId });
  const { data } = useQuery(trpc.threads.viewed.queryOptions({ threadId }));
  const { mutate } = useMutation(
    trpc.threads.setViewed.mutationOptions({
      scope: { id: `viewed-${threadId}` },
      onMutate: ({ hash, viewed }) =>
        queryClient.setQueryData(queryKey, (before = []) => [
          ...before.filter((other) => other !== hash),
          ...(viewed ? [hash] : []),
        ]),
      onError(error) {
        void notify("That is not kept", { description: messageOf(error) ?? undefined });
        void queryClient.invalidateQueries({ queryKey });
      },
    }),
  );
  return {
    viewed: useMemo(() => new Set(data), [data]),
    setViewed: (hash: string, viewed: boolean) => mutate({ threadId, hash, viewed }),
  };
}
