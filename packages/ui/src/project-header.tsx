"use client";
import { ChevronRight, KeyRound, Plus, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { IconButton } from "./icon-button.tsx";
import { Progress } from "./progress.tsx";
import type { ProjectView } from "./types.ts";

export type ProjectHeaderProps = {
  project: ProjectView;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** A person must look at the key of the repository's server before it can be read. */
  waits?: boolean;
  /** Absent when this reader may not start threads. */
  onNewThread?: () => void;
  /** The number of threads, shown while closed. */
  count?: number;
  /** Further buttons, e.g. a menu. */
  actions?: ReactNode;
};

/** A project in the sidebar, above its threads. */
export function ProjectHeader(props: ProjectHeaderProps) {
  const { project, open, onOpenChange, waits, onNewThread, count, actions } = props;
  return (
    <div className="px-2">
      <div className="group flex h-8 items-center gap-0.5 pointer-coarse:h-11">
        <h2 className="min-w-0 flex-1">
          <button
            type="button"
            aria-expanded={open}
            onClick={() => onOpenChange(!open)}
            className="flex w-full min-w-0 items-center gap-1.5 rounded-md px-1 py-1 text-left font-medium text-muted text-xs hover:text-fg"
          >
            <ChevronRight
              className={cn("size-3.5 shrink-0 transition-transform duration-100", open && "rotate-90")}
              aria-hidden
            />
            <span className="truncate">{project.name}</span>
            {!open && count !== undefined && <span className="font-normal text-subtle">{count}</span>}
          </button>
        </h2>
        {actions}
        {onNewThread && project.status === "ready" && (
          <IconButton icon={Plus} label={`New thread in ${project.name}`} size="sm" onClick={onNewThread} />
        )}
      </div>
      {waits && (
        <p className="mx-1 mb-1 flex gap-1.5 rounded-md bg-warn-soft px-2 py-1.5 text-fg text-xs">
          <KeyRound className="mt-px size-3.5 shrink-0 text-warn" aria-hidden />
          The server's key waits to be confirmed.
        </p>
      )}
      {project.status === "cloning" && !waits && (
        <div className="px-2 pb-2">
          <p className="mb-1.5 text-subtle text-xs">Reading the repository</p>
          <Progress label={`Reading the repository of ${project.name}`} />
        </div>
      )}
      {project.status === "failed" && (
        <p className="mx-1 mb-1 flex gap-1.5 rounded-md bg-danger-soft px-2 py-1.5 text-fg text-xs">
          <TriangleAlert className="mt-px size-3.5 shrink-0 text-danger" aria-hidden />
          <span className="min-w-0 break-words">{project.reason ?? "The repository could not be read."}</span>
        </p>
      )}
    </div>
  );
}
