"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { Button } from "@heddle/ui/button";
import { CommitDialog, type CommitSuggestion } from "@heddle/ui/commit-dialog";
import { Tooltip } from "@heddle/ui/tooltip";
import { useMutation } from "@tanstack/react-query";
import { GitBranchPlus, GitCommitHorizontal } from "lucide-react";
import { useId, useRef, useState } from "react";
import { messageOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { canOn, useWorkspace } from "../shell/use-workspace.ts";
import { FetchDialog } from "./fetch-dialog.tsx";

/** Commits what a thread changed, with a message that its model suggests; afterwards shows how to fetch the branch. */
export function CommitButton({ thread }: { thread: ThreadView }) {
  const trpc = useTRPC();
  const workspace = useWorkspace();
  const canCommit = canOn(thread, "thread.commit");
  const [dialog, setDialog] = useState<"commit" | "fetch" | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const reasonId = useId();
  const suggest = useMutation(trpc.threads.suggestMessage.mutationOptions());
  const [committed, setCommitted] = useState<string | null>(null);
  const commit = useMutation(
    trpc.threads.commit.mutationOptions({
      onSuccess() {
        setCommitted(thread.lastCheckpoint);
        setDialog("fetch");
      },
    }),
  );
  const { id: threadId, branch, headCommit } = thread;
  const unchanged = committed !== null && committed === thread.lastCheckpoint && thread.status !== "running";
  const reason = unchanged ? "Everything is committed." : reasonAgainst(thread);

  function open() {
    if (reason) return;
    commit.reset();
    suggest.mutate({ threadId });
    setDialog("commit");
  }

  return (
    <>
      {headCommit && (
        <Button size="sm" ref={canCommit ? undefined : trigger} onClick={() => setDialog("fetch")}>
          <GitBranchPlus aria-hidden /> Get branch
        </Button>
      )}
      {canCommit && (
        <Tooltip content={reason ?? "Commit the changes to the thread's branch"}>
          <Button
            size="sm"
            variant="primary"
            ref={trigger}
            onClick={open}
            aria-disabled={reason !== null}
            aria-describedby={reason ? reasonId : undefined}
            className="aria-disabled:cursor-not-allowed aria-disabled:bg-hover aria-disabled:text-subtle"
          >
            <GitCommitHorizontal aria-hidden /> Commit
          </Button>
        </Tooltip>
      )}
      {reason && (
        <span id={reasonId} className="sr-only">
          {reason}
        </span>
      )}
      <CommitDialog
        open={dialog === "commit"}
        onOpenChange={() => setDialog(null)}
        returnFocus={trigger}
        branch={branch}
        files={headCommit ? null : thread.filesModified}
        additions={thread.additions}
        deletions={thread.deletions}
        author={{ name: workspace.data?.me.name ?? "" }}
        trailers={[
          { key: "Heddle-Thread", value: threadId },
          { key: "Heddle-Model", value: thread.model },
        ]}
        suggestion={suggestionOf(suggest)}
        onSuggestAgain={() => suggest.mutate({ threadId })}
        onCommit={({ subject, body }) => commit.mutate({ threadId, message: body ? `${subject}\n\n${body}` : subject })}
        pending={commit.isPending}
        error={messageOf(commit.error)}
      />
      <FetchDialog
        open={dialog === "fetch"}
        onClose={() => setDialog(null)}
        returnFocus={trigger}
        projectId={thread.projectId}
        branch={branch}
        commit={commit.data?.commit ?? headCommit}
        justMade={commit.isSuccess}
      />
    </>
  );
}

function reasonAgainst({ status, filesModified, headCommit }: ThreadView): string | null {
  if (status === "running") return "The agent is working. Commit when its turn has ended.";
  if (status === "waiting") return "The agent waits for an answer. Commit when its turn has ended.";
  if (status === "archived") return "The thread is archived.";
  return filesModified === 0 && headCommit === null ? "There are no changes to commit." : null;
}

function suggestionOf(suggest: {
  data: { message: string } | undefined;
  error: unknown;
  isPending: boolean;
}): CommitSuggestion {
  if (suggest.isPending || (!suggest.data && !suggest.error)) return { status: "loading" };
  if (!suggest.data) return { status: "failed", reason: messageOf(suggest.error) ?? "" };
  const [subject = "", ...rest] = suggest.data.message.split("\n");
  return { status: "ready", subject, body: rest.join("\n").trim() };
}
