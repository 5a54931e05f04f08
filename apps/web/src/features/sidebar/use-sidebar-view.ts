import type { SetSidebarInput } from "@heddle/db/sidebar.schema";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";
import { noFilter } from "./list-entries.ts";

/** How the reader has arranged the list of threads; a change shows at once and is kept for all their browsers. */
export function useSidebarView() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const queryKey = trpc.sidebar.get.queryKey();
  const { data } = useQuery(trpc.sidebar.get.queryOptions());
  const view = data ?? { pins: [], filter: noFilter };
  const { mutate } = useMutation(
    trpc.sidebar.set.mutationOptions({
      // One after another, so that the last change is the one that stays.
      scope: { id: "sidebar" },
      onMutate: (change: SetSidebarInput) =>
        queryClient.setQueryData(queryKey, (before = view) => ({ ...before, ...change })),
      onError(error) {
        void notify("The list was not kept like this", { description: messageOf(error) ?? undefined });
        void queryClient.invalidateQueries({ queryKey });
      },
    }),
  );
  return {
    ...view,
    /** Known, so that it can be changed. */
    ready: data !== undefined,
    change: (change: SetSidebarInput) => mutate(change),
    setPinned: (id: string, pinned: boolean) =>
      mutate({ pins: [...view.pins.filter((pin) => pin !== id), ...(pinned ? [id] : [])] }),
  };
}
