"use client";
import type { ThreadView, TurnView } from "@heddle/db/threads.schema";
import { Conversation } from "@heddle/ui/conversation";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { QueuedPrompt, TurnRunning, TurnSummary } from "@heddle/ui/turn-status";
import type { CommandItem, ErrorItem, FileChange, FileChangeItem } from "@heddle/ui/types";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useLiveThread } from "../live/live-provider.tsx";
import type { LiveItem } from "../live/thread-state.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useCan } from "../shell/use-workspace.ts";
import { TurnFileDiff } from "./turn-file-diff.tsx";
import { useSendTurn } from "./use-send-turn.ts";
import { useThreadAddress } from "./use-thread-address.ts";

/** What was said and done, live. */
export function ThreadConversation({ thread }: { thread: ThreadView }) {
  const threadId = thread.id;
  const { items, loaded } = useLiveThread(threadId);
  const { data: turns } = useQuery(useTRPC().threads.turns.queryOptions({ threadId }));
  const { show } = useThreadAddress();
  const canPrompt = useCan("thread.prompt");
  const { mutate: send } = useSendTurn(threadId);
  const queued = useMemo(() => queuedTurns(items, turns), [items, turns]);
  const shown = useMemo(() => items.filter((item) => !queued.has(item.turnId)), [items, queued]);

  const renderDiff = useCallback(
    (change: FileChange, item: FileChangeItem) => (
      <TurnFileDiff threadId={threadId} turnId={item.turnId} path={change.path} />
    ),
    [threadId],
  );
  const outputHref = useCallback((item: CommandItem) => wholeOutput(threadId, item), [threadId]);
  const retry = useCallback(
    ({ turnId }: ErrorItem) => {
      const turn = turns?.find(({ id }) => id === turnId);
      if (turn) send({ threadId, prompt: turn.prompt, model: turn.model });
    },
    [threadId, turns, send],
  );

  function footer(turnId: string) {
    const turn = turns?.find(({ id }) => id === turnId);
    if (!turn?.finishedAt || !turn.startedAt) return null;
    return (
      <TurnSummary
        durationMs={turn.finishedAt.getTime() - turn.startedAt.getTime()}
        changed={turn.changed}
        onShowChanges={() => show({ tab: "changes", turn: turnId })}
      />
    );
  }

  if (!loaded && items.length === 0) {
    return (
      <SkeletonRows rows={10} label="Loading the conversation" className="mx-auto w-full max-w-[47.5rem] flex-1 p-6" />
    );
  }
  const prompts = items.filter((item) => item.type === "userMessage" && queued.has(item.turnId));
  return (
    <Conversation
      items={shown}
      renderDiff={renderDiff}
      outputHref={outputHref}
      onRetry={canPrompt ? retry : undefined}
      turnFooter={footer}
      announcement={announcements[thread.status]}
      tail={
        thread.status === "running" && (
          <>
            <TurnRunning since={thread.runningSince ?? thread.updatedAt} label={activityOf(thread, shown)} />
            {prompts.map(
              (item) =>
                item.type === "userMessage" && (
                  <QueuedPrompt key={item.id} text={item.text} author={nameOf(item.author)} />
                ),
            )}
          </>
        )
      }
    />
  );
}

const announcements: Record<ThreadView["status"], string> = {
  idle: "The agent has finished",
  running: "The agent is working",
  waiting: "The agent waits for you",
  failed: "The turn failed",
  archived: "The thread is archived",
};

/** Turns that wait for another one. A prompt that is newer than the list of turns waits if something else runs. */
function queuedTurns(items: readonly LiveItem[], turns: readonly TurnView[] | undefined): Set<string> {
  const known = new Map(turns?.map((turn) => [turn.id, turn.status]));
  const busy = turns?.some(({ status }) => status === "running") ?? false;
  const begun = new Set(items.filter((item) => item.type !== "userMessage").map((item) => item.turnId));
  const ids = items.map((item) => item.turnId).filter((id) => !begun.has(id));
  return new Set(ids.filter((id) => (known.has(id) ? known.get(id) === "queued" && busy : busy)));
}

function activityOf(thread: ThreadView, items: readonly LiveItem[]): string {
  if (!thread.runningSince) return "Waiting for a worker";
  const last = items.at(-1);
  if (last?.status !== "running") return thread.baseCommit ? "Waiting for the model" : "Preparing the worktree";
  if (last.type === "agentMessage") return "Writing";
  return last.type === "reasoning" ? "Thinking" : "Working";
}

function wholeOutput(threadId: string, item: CommandItem): string | undefined {
  const bytesShown = new Blob([item.output ?? ""]).size;
  if (item.status === "running" || (item.outputBytes ?? 0) <= bytesShown) return undefined;
  return `/api/v1/threads/${threadId}/items/${item.id}/output`;
}

function nameOf(author: { name: string } | string): string {
  return typeof author === "string" ? author : author.name;
}
