import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { failureOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC, useTRPCClient } from "../shell/trpc.ts";
import type { InboxItem } from "./use-inbox.ts";

type Act = { item: InboxItem; run: () => Promise<unknown>; undo?: () => Promise<unknown>; said?: string };

/** What can be done with an item. It leaves the list at once, and comes back where the server refuses. */
export function useInboxActions() {
  const trpc = useTRPC();
  const { inbox } = useTRPCClient();
  const queryClient = useQueryClient();
  const last = useRef<(() => void) | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.inbox.pathKey() });

  const act = useMutation({
    // One after another: an undo may come before what it takes back is over.
    scope: { id: "inbox" },
    mutationFn: ({ run }: Act) => run(),
    onMutate({ item, undo, said }) {
      last.current = undo ? () => act.mutate({ item, run: undo }) : null;
      if (said === undefined) return;
      for (const view of ["open", "snoozed", "done"] as const) {
        queryClient.setQueryData(
          trpc.inbox.list.queryKey({ view }),
          (known) => known && { items: known.items.filter(({ id }) => id !== item.id) },
        );
      }
    },
    onSuccess(_, { item, undo, said }) {
      if (!undo || said === undefined) return;
      const takeBack = () => act.mutate({ item, run: undo });
      void notify(said, { description: titleOf(item), action: { label: "Undo", onClick: takeBack } });
    },
    onError(error) {
      last.current = null;
      void notify("That did not work", { description: failureOf(error).message });
    },
    onSettled: refresh,
  });

  return {
    done(item: InboxItem) {
      const itemId = item.id;
      act.mutate({ item, run: () => inbox.done.mutate({ itemId }), undo: reopening(item), said: "Done" });
    },
    snooze(item: InboxItem, until: Date) {
      const itemId = item.id;
      act.mutate({ item, run: () => inbox.snooze.mutate({ itemId, until }), undo: reopening(item), said: "Snoozed" });
    },
    handOn(item: InboxItem, to: { id: string; name: string }) {
      const run = () => inbox.handOn.mutate({ itemId: item.id, userId: to.id });
      act.mutate({ item, run, undo: reopening(item), said: `Handed on to ${to.name}` });
    },
    reopen(item: InboxItem) {
      act.mutate({ item, run: reopening(item), said: "Open again" });
    },
    claim: (item: InboxItem) => act.mutate({ item, run: () => inbox.claim.mutate({ itemId: item.id }) }),
    release: (item: InboxItem) => act.mutate({ item, run: () => inbox.release.mutate({ itemId: item.id }) }),
    /** Takes back the last of these, if it can be. */
    undo: () => last.current?.(),
  };

  function reopening({ id: itemId }: InboxItem) {
    return () => inbox.reopen.mutate({ itemId });
  }
}

export function titleOf({ thread, note }: InboxItem): string {
  return thread?.title ?? note ?? "";
}
