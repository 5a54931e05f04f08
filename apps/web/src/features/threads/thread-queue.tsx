"use client";
import type { ThreadView, TurnView } from "@heddle/db/threads.schema";
import { type QueuedPromptView, QueuePanel } from "@heddle/ui/queue-panel";
import { useCanIn, useWorkspace } from "../shell/use-workspace.ts";
import { useQueue } from "./use-queue.ts";
import { isBusy, useTurns } from "./use-turns.ts";

export type ThreadQueueProps = {
  thread: ThreadView;
  onSend: (text: string) => Promise<boolean>;
  /** Puts a text into the composer. */
  putBack: (text: string) => void;
};

/** The prompts of a thread that wait for its turn to end, or to be let go on. */
export function ThreadQueue({ thread, onSend, putBack }: ThreadQueueProps) {
  const me = useWorkspace().data?.me.id;
  const managesAll = useCanIn(thread.projectId, "project.manage") === true;
  const turns = useTurns(thread.id);
  const waiting = turns?.filter((turn) => turn.waiting) ?? [];
  const busy = isBusy(thread);
  const queue = useQueue(thread.id);

  function viewOf({ id, prompt, sender, mode }: TurnView): QueuedPromptView {
    const own = sender.id === me;
    return { id, text: prompt, author: own ? undefined : sender.name, mode, editable: own, movable: own || managesAll };
  }

  function remove(turnId: string) {
    const index = waiting.findIndex(({ id }) => id === turnId);
    const turn = waiting[index];
    if (!turn) return;
    const before = waiting[index + 1]?.id ?? null;
    // A prompt sent to a thread at rest would run at once: there it goes back to where it is written.
    queue.remove(
      turn,
      busy
        ? { label: "Undo", onClick: () => queue.sendAgain(turn, before) }
        : { label: "Edit it", onClick: () => putBack(turn.prompt) },
    );
  }

  return (
    <QueuePanel
      prompts={waiting.map(viewOf)}
      held={!busy && waiting.some(({ status }) => status === "held")}
      onRelease={queue.release}
      releasing={queue.releasing}
      onEdit={queue.edit}
      onModeChange={busy ? queue.setMode : undefined}
      onMove={queue.move}
      onRemove={remove}
      onSend={onSend}
    />
  );
}
