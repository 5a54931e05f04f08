"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { Composer } from "@heddle/ui/composer";
import { useState } from "react";
import { useWorkspace } from "../shell/use-workspace.ts";
import { useDraft } from "./use-draft.ts";
import { useModels } from "./use-models.ts";
import { useSendTurn } from "./use-send-turn.ts";

/** Where the next prompt of a thread is written; while a turn runs it is queued. */
export function FollowUp({ thread }: { thread: ThreadView }) {
  const workspace = useWorkspace();
  const { models, model, choose, missing } = useModels(thread.model);
  const draft = useDraft(`thread-${thread.id}`);
  const [error, setError] = useState<string | null>(null);
  const { mutateAsync } = useSendTurn(thread.id, setError);
  const busy = thread.status === "running" || thread.status === "waiting";

  async function send(prompt: string): Promise<boolean> {
    setError(null);
    await mutateAsync({ threadId: thread.id, prompt, model });
    return true;
  }

  if (workspace.data && !workspace.data.permissions.includes("thread.prompt")) {
    return (
      <p className="shrink-0 border-line border-t px-4 py-3 text-center text-muted text-sm">
        Your role ({workspace.data.role}) reads threads and does not write in them.
      </p>
    );
  }
  return (
    <Composer
      onSend={send}
      models={models}
      model={model}
      onModelChange={choose}
      placeholder={busy ? "Queue a follow-up: it starts when this turn ends" : "Ask for a follow-up"}
      sendLabel={busy ? "Queue" : "Send"}
      error={error}
      disabledReason={missing}
      initialText={draft.initialText}
      onTextChange={draft.keep}
    />
  );
}
