"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { CopyButton } from "@heddle/ui/copy-button";
import { DiffCounts } from "@heddle/ui/diff-counts";
import { IconButton } from "@heddle/ui/icon-button";
import { lazyPart } from "@heddle/ui/lazy-part";
import { PeopleHere } from "@heddle/ui/people-here";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { StatusDot } from "@heddle/ui/status-dot";
import { GitBranch, PanelRight } from "lucide-react";
import { Suspense } from "react";
import { usePeopleHere } from "../live/live-provider.tsx";
import { ShareButton } from "../sharing/share-button.tsx";
import { isGone } from "../shell/failure.ts";
import { FailureState } from "../shell/failure-state.tsx";
import { Screen } from "../shell/screen.tsx";
import { useShell } from "../shell/shell-context.ts";
import { ThreadConversation } from "./thread-conversation.tsx";
import { useMarkRead } from "./use-mark-read.ts";
import { useThread } from "./use-thread.ts";

/** Asked for at once, beside the thread itself: the page is there before it and does not wait. */
import("./follow-up.tsx").catch(() => undefined);
const FollowUp = lazyPart(() => import("./follow-up.tsx").then((module) => module.FollowUp));
const StalledNotice = lazyPart(() => import("./stalled-notice.tsx").then((module) => module.StalledNotice));
const ThreadMenuButton = lazyPart(() => import("./thread-menu.tsx").then((module) => module.ThreadMenuButton));

/** A thread's conversation; its changes are beside it, see thread-work.tsx. */
export function ThreadScreen({ threadId }: { threadId: string }) {
  const { data, error, isError, isRefetching, refetch } = useThread(threadId);
  // Deleted, or no longer visible, while it was open.
  const thread = isError && isGone(error) ? undefined : data;
  useMarkRead(thread);
  return (
    <Screen
      title={thread?.title ?? "Thread"}
      heading={thread && <Heading thread={thread} />}
      actions={thread && <Actions thread={thread} />}
    >
      {thread ? (
        <>
          <Suspense>{thread.status === "running" && <StalledNotice thread={thread} />}</Suspense>
          <ThreadConversation thread={thread} />
          <Suspense fallback={<div className="h-25 shrink-0" />}>
            <FollowUp thread={thread} />
          </Suspense>
        </>
      ) : isError ? (
        <FailureState title="The thread could not be loaded" error={error} onRetry={refetch} retrying={isRefetching} />
      ) : (
        <SkeletonRows rows={12} label="Loading the thread" className="mx-auto w-full max-w-[47.5rem] p-6" />
      )}
    </Screen>
  );
}

function Heading({ thread: { title, status } }: { thread: ThreadView }) {
  return (
    <span className="flex min-w-0 items-center gap-2">
      <StatusDot status={status} />
      <span className="truncate" title={title}>
        {title}
      </span>
    </span>
  );
}

function Actions({ thread }: { thread: ThreadView }) {
  const { workOpen, toggleWork } = useShell();
  return (
    <>
      <PeopleHere people={usePeopleHere(thread.id)} />
      <span className="flex min-w-0 items-center gap-1 text-muted text-xs max-sm:hidden">
        <GitBranch className="size-3.5 shrink-0 text-subtle" aria-label="Branch" />
        <span className="max-w-28 truncate font-mono" title={thread.branch}>
          {thread.branch}
        </span>
        <CopyButton text={thread.branch} label="Copy the branch's name" />
      </span>
      {!workOpen && <DiffCounts additions={thread.additions} deletions={thread.deletions} />}
      <ShareButton thread={thread} />
      <Suspense fallback={<span className="size-7" />}>
        <ThreadMenuButton thread={thread} />
      </Suspense>
      <IconButton
        icon={PanelRight}
        label={workOpen ? "Hide the changes" : "Show the changes"}
        keys={["]"]}
        aria-pressed={workOpen}
        onClick={toggleWork}
        className="max-frame:hidden"
      />
    </>
  );
}
