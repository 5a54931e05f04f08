"use client";
import { GitBranch } from "lucide-react";
import { memo } from "react";
import { Avatar } from "./avatar.tsx";
import { Badge } from "./badge.tsx";
import { cn } from "./cn.ts";
import { DiffCounts } from "./diff-counts.tsx";
import { Elapsed } from "./elapsed.tsx";
import { Link } from "./link.tsx";
import { RelativeTime } from "./relative-time.tsx";
import { StatusDot } from "./status-dot.tsx";
import type { ThreadView } from "./types.ts";

export type ThreadRowProps = { thread: ThreadView; href: string; selected?: boolean };

/** One thread in the sidebar: a link of two lines. */
export const ThreadRow = memo(function ThreadRow({ thread, href, selected }: ThreadRowProps) {
  const { title, status, unread, runningSince, startedBy, branch, additions, deletions, updatedAt } = thread;
  return (
    <Link
      href={href}
      data-thread-row={thread.id}
      aria-current={selected ? "page" : undefined}
      className={cn(
        "flex flex-col gap-0.5 rounded-md py-1.5 compact:py-1 pr-2 pl-2 outline-offset-[-2px] ",
        selected ? "bg-selected" : "hover:bg-hover",
      )}
    >
      <span className="flex min-w-0 items-center gap-2">
        <StatusDot status={status} unread={unread} />
        <span
          title={title}
          className={cn(
            "min-w-0 flex-1 truncate text-sm",
            unread || status === "waiting" ? "font-medium text-fg" : "text-fg",
          )}
        >
          {title}
        </span>
        {status === "waiting" && <Badge tone="strong">Waits for you</Badge>}
        {status === "failed" && <span className="shrink-0 text-danger text-xs">Failed</span>}
        {status === "running" && runningSince && (
          <Elapsed since={runningSince} className="shrink-0 text-accent-text text-xs" />
        )}
        {(status === "idle" || status === "archived") && (
          <RelativeTime at={updatedAt} className="shrink-0 text-subtle text-xs" />
        )}
      </span>
      <span className="flex compact:hidden min-w-0 items-center gap-2 pl-5.5 text-subtle text-xs">
        <Avatar name={startedBy.name} size={14} />
        <span className="flex min-w-0 flex-1 items-center gap-1">
          <GitBranch className="size-3 shrink-0" aria-label="Branch" />
          <span className="truncate" title={branch}>
            {branch}
          </span>
        </span>
        <DiffCounts additions={additions} deletions={deletions} />
      </span>
    </Link>
  );
});
