"use client";
import type { ThreadView, TurnView } from "@heddle/db/threads.schema";
import { Button } from "@heddle/ui/button";
import { Conversation } from "@heddle/ui/conversation";
import { lazyPart } from "@heddle/ui/lazy-part";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { TurnRunning, TurnSummary } from "@heddle/ui/turn-status";
import type { ApprovalItem, CommandItem, FileChange, FileChangeItem } from "@heddle/ui/types";
import { Suspense, useCallback, useMemo, useState } from "react";
import { useLiveThread } from "../live/live-provider.tsx";
import { afterSteps, type LiveItem, stepOf } from "../live/thread-state.ts";
import { composerAfterButton } from "../shell/keys.ts";
import { canOn } from "../shell/use-workspace.ts";
import { TurnFileDiff } from "./turn-file-diff.tsx";
import { useComments } from "./use-comments.ts";
import { useRetry } from "./use-retry.ts";
import { useThreadAddress } from "./use-thread-address.ts";
import { resendable, useTurns } from "./use-turns.ts";

const ResendTurn = lazyPart(() => import("./resend-turn.tsx").then((module) => module.ResendTurn));
const SetupRequest = lazyPart(() => import("./setup-request.tsx").then((module) => module.SetupRequest));
const SetupFailed = lazyPart(() => import("./setup-failed.tsx").then((module) => module.SetupFailed));

const none: readonly TurnView[] = [];

/** What was said and done, live. */
export function ThreadConversation({ thread }: { thread: ThreadView }) {
  const threadId = thread.id;
  const { items: all, loaded } = useLiveThread(threadId);
  const items = useMemo(() => all.map(apartFromTurn), [all]);
  const turns = useTurns(threadId) ?? none;
  const { show } = useThreadAddress();
  const canPrompt = canOn(thread, "thread.prompt");
  const [edited, setEdited] = useState<string | null>(null);
  const comments = useComments(thread);
  const { mutate: retry, isPending: retrying } = useRetry(threadId);
  const atRest = thread.status === "idle" || thread.status === "failed";
  const replaced = useMemo(() => idsOf(turns.filter(({ status }) => status === "superseded")), [turns]);
  const editable = useMemo(() => idsOf(atRest && canPrompt ? resendable(turns) : none), [turns, atRest, canPrompt]);
  const retryable = atRest && canPrompt ? turns.find((turn) => turn.retryable) : undefined;
  const failedSetup = atRest && thread.setupStatus === "failed" ? items.findLast(isSetup)?.id : undefined;

  const renderDiff = useCallback(
    (change: FileChange, item: FileChangeItem) => (
      <TurnFileDiff threadId={threadId} turnId={item.turnId} path={change.path} />
    ),
    [threadId],
  );
  const outputHref = useCallback((item: CommandItem) => wholeOutput(threadId, item), [threadId]);
  const onRetry = useCallback(() => {
    retry({ threadId });
    composerAfterButton()?.focus();
  }, [retry, threadId]);
  const renderApproval = useCallback(
    (item: ApprovalItem) => (
      <Suspense>
        <SetupRequest thread={thread} item={item} />
      </Suspense>
    ),
    [thread],
  );
  const renderSetupActions = useCallback(
    (item: CommandItem) =>
      item.id === failedSetup && (
        <Suspense>
          <SetupFailed thread={thread} />
        </Suspense>
      ),
    [thread, failedSetup],
  );

  function footer(turnId: string) {
    const turn = turns.find(({ id }) => id === turnId);
    if (!turn?.finishedAt || !turn.startedAt) return null;
    const stopped = turn.status === "interrupted";
    const ending = stopped ? "stopped" : turn.status === "failed" ? "failed" : "done";
    return (
      <TurnSummary
        durationMs={turn.finishedAt.getTime() - turn.startedAt.getTime()}
        changed={turn.changed}
        onShowChanges={() => show({ tab: "changes", turn: turnId })}
        ending={ending}
        actions={
          stopped &&
          turn === retryable && (
            <>
              <Button size="sm" onClick={onRetry} pending={retrying}>
                Continue
              </Button>
              <Button size="sm" variant="ghost" onClick={() => setEdited(turnId)}>
                Edit and resend
              </Button>
            </>
          )
        }
      />
    );
  }

  if (!loaded && items.length === 0) {
    return (
      <SkeletonRows rows={10} label="Loading the conversation" className="mx-auto w-full max-w-[47.5rem] flex-1 p-6" />
    );
  }
  const editedTurn = turns.find(({ id }) => id === edited);
  return (
    <>
      <Conversation
        items={items}
        replaced={replaced}
        renderDiff={renderDiff}
        outputHref={outputHref}
        onRetry={retryable ? onRetry : undefined}
        retrying={retrying}
        editable={editable}
        onEditPrompt={setEdited}
        renderApproval={renderApproval}
        renderSetupActions={renderSetupActions}
        {...comments}
        turnFooter={footer}
        announcement={thread.stopping ? "The turn is being stopped" : announcements[thread.status]}
        tail={
          thread.status === "running" && (
            <TurnRunning since={thread.runningSince ?? thread.updatedAt} label={activityOf(thread, items)} />
          )
        }
      />
      <Suspense>
        {editedTurn && (
          <ResendTurn threadId={threadId} turn={editedTurn} turns={turns} onClose={() => setEdited(null)} />
        )}
      </Suspense>
    </>
  );
}

const announcements: Record<ThreadView["status"], string> = {
  idle: "The agent has finished",
  running: "The agent is working",
  waiting: "The agent waits for you",
  failed: "The turn failed",
  archived: "The thread is archived",
};

function idsOf(turns: readonly TurnView[]): ReadonlySet<string> {
  return new Set(turns.map(({ id }) => id));
}

/** What happened after a turn's end stands below its summary. */
function apartFromTurn(item: LiveItem): LiveItem {
  return stepOf(item) < afterSteps ? item : { ...item, turnId: `${item.turnId}/after` };
}

function isSetup(item: LiveItem): boolean {
  return item.type === "commandExecution" && item.purpose === "setup";
}

function activityOf(thread: ThreadView, items: readonly LiveItem[]): string {
  if (thread.stopping) return "Stopping";
  if (!thread.runningSince) return "Waiting for a worker";
  const last = items.findLast(({ type }) => type !== "comment");
  if (last?.type === "notice" && last.kind === "modelWait") return "Waiting to ask the model again";
  if (last?.status !== "running") return thread.baseCommit ? "Waiting for the model" : "Preparing the worktree";
  if (last.type === "agentMessage") return "Writing";
  if (isSetup(last)) return "Setting up the worktree";
  return last.type === "reasoning" ? "Thinking" : "Working";
}

function wholeOutput(threadId: string, item: CommandItem): string | undefined {
  const bytesShown = new Blob([item.output ?? ""]).size;
  if (item.status === "running" || (item.outputBytes ?? 0) <= bytesShown) return undefined;
  return `/api/v1/threads/${threadId}/items/${item.id}/output`;
}
