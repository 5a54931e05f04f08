import type { TurnView } from "@heddle/db/threads.schema";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { failureOf } from "../shell/failure.ts";
import { type NotifyOptions, notify } from "../shell/notify.ts";
import { useTRPC, useTRPCClient } from "../shell/trpc.ts";

/** What can be done with the prompts of a thread that wait. The list shows it at once and is put right by the server. */
export function useQueue(threadId: string) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const queryKey = trpc.threads.turns.queryKey({ threadId });

  async function attempt(what: string, act: () => Promise<unknown>, foresee?: (turns: TurnView[]) => TurnView[]) {
    await queryClient.cancelQueries({ queryKey });
    if (foresee) queryClient.setQueryData(queryKey, (turns) => turns && foresee(turns));
    try {
      await act();
      return true;
    } catch (error) {
      void notify(what, { description: failureOf(error).message });
      return false;
    } finally {
      await queryClient.invalidateQueries({ queryKey });
    }
  }

  const release = useMutation({
    mutationFn: () => attempt("The queue is still on hold", () => client.threads.releaseQueued.mutate({ threadId })),
  });

  const change = (turnId: string, part: { prompt: string } | { mode: TurnView["mode"] }) =>
    attempt(
      "The prompt was not changed",
      () => client.threads.editQueued.mutate({ threadId, turnId, ...part }),
      (turns) => turns.map((turn) => (turn.id === turnId ? { ...turn, ...part } : turn)),
    );

  return {
    release: () => release.mutate(),
    releasing: release.isPending,
    edit: (turnId: string, prompt: string) => change(turnId, { prompt }),
    setMode: (turnId: string, mode: TurnView["mode"]) => void change(turnId, { mode }),
    move(turnId: string, before: string | null) {
      void attempt(
        "The prompt was not moved",
        () => client.threads.moveQueued.mutate({ threadId, turnId, before }),
        (turns) => moved(turns, turnId, before),
      );
    },
    async remove(turn: TurnView, undo: NotifyOptions["action"]) {
      const removed = await attempt(
        "The prompt was not removed",
        () => client.threads.removeQueued.mutate({ threadId, turnId: turn.id }),
        (turns) => turns.filter(({ id }) => id !== turn.id),
      );
      if (removed) void notify("Removed from the queue", { description: turn.prompt.slice(0, 120), action: undo });
    },
    /** A removed prompt, back in its place. */
    sendAgain({ prompt, model, mode }: TurnView, before: string | null) {
      void attempt("The prompt was not sent again", async () => {
        const { turnId } = await client.threads.sendTurn.mutate({ threadId, prompt, model, mode });
        if (before !== null) await client.threads.moveQueued.mutate({ threadId, turnId, before });
      });
    },
  };
}

function moved(turns: TurnView[], turnId: string, before: string | null): TurnView[] {
  const turn = turns.find(({ id }) => id === turnId);
  if (!turn) return turns;
  const others = turns.filter(({ id }) => id !== turnId);
  const at = others.findIndex(({ id }) => id === before);
  return others.toSpliced(at === -1 ? others.length : at, 0, turn);
}
