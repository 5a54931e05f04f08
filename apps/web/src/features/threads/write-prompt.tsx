"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { Composer } from "@heddle/ui/composer";
import { lazyPart } from "@heddle/ui/lazy-part";
import type { SendMode } from "@heddle/ui/queue-panel";
import { useStored } from "@heddle/ui/use-stored";
import { skipToken, useQuery } from "@tanstack/react-query";
import { type ReactNode, Suspense, useCallback, useState } from "react";
import { useEnterSends } from "../settings/use-enter-sends.ts";
import { messageOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useDraft } from "./use-draft.ts";
import { useModels } from "./use-models.ts";
import { useSendTurn } from "./use-send-turn.ts";
import { isBusy } from "./use-turns.ts";
import { useTyping } from "./use-typing.ts";

const ThreadQueue = lazyPart(() => import("./thread-queue.tsx").then((module) => module.ThreadQueue));
const StopTurn = lazyPart(() => import("./stop-turn.tsx").then((module) => module.StopTurn));
const SendModeMenu = lazyPart(() => import("@heddle/ui/send-mode-menu").then((module) => module.SendModeMenu));

const labels: Record<SendMode, string> = { queue: "Queue", steer: "Steer" };
const placeholders: Record<SendMode, string> = {
  queue: "Queue a follow-up: it starts when this turn ends",
  steer: "Steer: the agent reads it at its next step",
};

type WritePromptProps = { thread: ThreadView; tools: ReactNode; autoFocus: boolean };

/** Where the next prompt is written, below those that wait. */
export function WritePrompt({ thread, tools, autoFocus }: WritePromptProps) {
  const { models, model, choose, missing } = useModels(thread.model);
  const draft = useDraft(`thread-${thread.id}`);
  const [enterSends] = useEnterSends();
  const [naming, setNaming] = useState(false);
  const wantFiles = useCallback(() => setNaming(true), []);
  const input = naming ? { threadId: thread.id } : skipToken;
  const files = useQuery(useTRPC().threads.files.queryOptions(input)).data?.files;
  const [mode, setMode] = useStored<SendMode>("heddle-send-mode", "queue");
  const send = useSendTurn(thread.id);
  const typing = useTyping(thread.id);
  const busy = isBusy(thread);
  // Stays once there was a queue: a text may be open there whose prompt has begun.
  const [queueOpened, openQueue] = useState(false);
  if (thread.queuedTurns > 0 && !queueOpened) openQueue(true);

  async function sendAs(prompt: string, as: SendMode): Promise<boolean> {
    await send.mutateAsync({ threadId: thread.id, prompt, model, mode: as });
    return true;
  }

  return (
    <>
      <Suspense>
        {queueOpened && (
          <ThreadQueue thread={thread} onSend={(text) => sendAs(text, "queue")} putBack={draft.putBack} />
        )}
      </Suspense>
      <Composer
        key={draft.version}
        onSend={(prompt) => sendAs(prompt, busy ? mode : "queue")}
        onSteer={busy ? (prompt) => sendAs(prompt, "steer") : undefined}
        models={models}
        model={model}
        onModelChange={choose}
        placeholder={busy ? placeholders[mode] : "Ask for a follow-up"}
        sendLabel={busy ? labels[mode] : "Send"}
        error={messageOf(send.error)}
        disabledReason={missing}
        initialText={draft.initialText}
        enterSends={enterSends}
        files={files}
        onFilesWanted={wantFiles}
        onTextChange={(text) => {
          draft.keep(text);
          typing(text);
        }}
        autoFocus={autoFocus}
        tools={tools}
        stop={
          busy && (
            <Suspense>
              <StopTurn thread={thread} />
            </Suspense>
          )
        }
        sendMenu={
          busy
            ? (ready) => (
                <Suspense>
                  <SendModeMenu mode={mode} onModeChange={setMode} ready={ready} />
                </Suspense>
              )
            : undefined
        }
      />
    </>
  );
}
