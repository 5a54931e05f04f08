"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { AlertDialog } from "@heddle/ui/alert-dialog";
import { ArchiveDialog } from "@heddle/ui/archive-dialog";
import { DiffCounts } from "@heddle/ui/diff-counts";
import { plural } from "@heddle/ui/format";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useParams, useRouter } from "next/navigation";
import type { RefObject } from "react";
import { HandOver } from "../sharing/hand-over.tsx";
import { ShareDialog } from "../sharing/share-dialog.tsx";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useArchive } from "./use-archive.ts";
import { useTurns } from "./use-turns.ts";

export type ThreadDialogsProps = {
  thread: ThreadView;
  open: "archive" | "delete" | "share" | "handOver";
  onClose: () => void;
  returnFocus?: RefObject<HTMLElement | null>;
};

/** What a thread's menu asks before it acts. */
export function ThreadDialogs(props: ThreadDialogsProps) {
  switch (props.open) {
    case "archive":
      return <Archive {...props} />;
    case "delete":
      return <Delete {...props} />;
    case "share":
      return <ShareDialog {...props} />;
    case "handOver":
      return <HandOver {...props} />;
  }
}

function Archive({ thread, onClose, returnFocus }: ThreadDialogsProps) {
  const archive = useArchive(thread.title);
  return (
    <ArchiveDialog
      open
      onOpenChange={onClose}
      returnFocus={returnFocus}
      title={thread.title}
      onArchive={({ keepIgnored }) => archive.mutate({ threadId: thread.id, keepIgnored }, { onSuccess: onClose })}
      pending={archive.isPending}
      error={messageOf(archive.error)}
    />
  );
}

function Delete({ thread, onClose, returnFocus }: ThreadDialogsProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const params = useParams<{ threadId?: string }>();
  const turns = useTurns(thread.id);
  const remove = useMutation(
    trpc.threads.remove.mutationOptions({
      onSuccess() {
        void notify("Thread deleted", { description: thread.title });
        onClose();
        if (params.threadId === thread.id) router.push(`/projects/${thread.projectId}`);
        void queryClient.invalidateQueries({ queryKey: trpc.threads.listAll.queryKey() });
      },
    }),
  );
  return (
    <AlertDialog
      open
      onOpenChange={onClose}
      returnFocus={returnFocus}
      title="Delete this thread?"
      description={<Loss thread={thread} turns={turns?.length} />}
      confirmLabel="Delete thread"
      onConfirm={() => remove.mutate({ threadId: thread.id })}
      pending={remove.isPending}
      error={messageOf(remove.error)}
    />
  );
}

function Loss({ thread, turns }: { thread: ThreadView; turns: number | undefined }) {
  const { title, branch, headCommit, filesModified, additions, deletions } = thread;
  return (
    <div className="flex flex-col gap-2">
      <p className="font-medium text-fg [overflow-wrap:anywhere]">{title}</p>
      <p>This is lost for good:</p>
      <ul className="flex list-disc flex-col gap-1 pl-5">
        <li>the conversation{turns === undefined ? "" : `, ${plural(turns, "turn")}`}</li>
        <li>
          {filesModified === 0 ? (
            "the worktree, without changes"
          ) : (
            <>
              the worktree, with changes in {plural(filesModified, "file")}{" "}
              <DiffCounts additions={additions} deletions={deletions} />
            </>
          )}
        </li>
        <li>
          the branch <code className="font-mono text-xs [overflow-wrap:anywhere]">{branch}</code>
          {headCommit
            ? ` with its commits: copies that were fetched stay where they are`
            : ", which has no commits yet"}
        </li>
      </ul>
      <p>What was done and what it cost stays in the audit log. To set it aside instead, archive it.</p>
    </div>
  );
}
