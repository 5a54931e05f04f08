"use client";
import { ChevronRight, SquareArrowOutUpRight } from "lucide-react";
import { cn } from "./cn.ts";
import { CopyButton } from "./copy-button.tsx";
import { DiffCounts } from "./diff-counts.tsx";
import { FilePath } from "./file-path.tsx";
import { FileStatus } from "./file-status.tsx";
import { Tooltip } from "./tooltip.tsx";
import type { FileDiff } from "./types.ts";

export type DiffFileHeaderProps = {
  file: FileDiff;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  viewed: boolean;
  /** Absent where that is not kept. */
  onViewedChange?: (viewed: boolean) => void;
  /** Opens the file in the reader's editor. */
  editorHref?: string;
};

/** The bar above a file's changes. */
export function DiffFileHeader(props: DiffFileHeaderProps) {
  const { file, open, onOpenChange, viewed, onViewedChange, editorHref } = props;
  return (
    <div
      data-diff-file={file.path}
      className={cn(
        "flex min-h-9 items-center gap-2 border border-line bg-canvas pr-2 pl-1",
        open ? "rounded-t-lg" : "rounded-lg",
      )}
    >
      <h3 className="min-w-0">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => onOpenChange(!open)}
          className="flex min-h-9 w-full min-w-0 items-center gap-2 rounded-md px-1 text-left outline-offset-[-2px]"
        >
          <ChevronRight
            className={cn("size-3.5 shrink-0 text-subtle transition-transform duration-100", open && "rotate-90")}
            aria-hidden
          />
          <FileStatus status={file.status} />
          {file.oldPath && file.oldPath !== file.path ? (
            <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
              <FilePath path={file.oldPath} />
              <span className="text-subtle" role="img" aria-label="renamed to">
                →
              </span>
              <FilePath path={file.path} />
            </span>
          ) : (
            <FilePath path={file.path} />
          )}
        </button>
      </h3>
      <CopyButton text={file.path} label="Copy path" className="@max-lg:hidden" />
      {editorHref && file.status !== "deleted" && (
        <Tooltip content="Open in the editor">
          <a
            href={editorHref}
            aria-label={`Open ${file.path} in the editor`}
            className="inline-flex @max-lg:hidden size-6 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-fg"
          >
            <SquareArrowOutUpRight className="size-3.5" aria-hidden />
          </a>
        </Tooltip>
      )}
      <span className="ml-auto" />
      {!file.binary && <DiffCounts additions={file.additions} deletions={file.deletions} />}
      {onViewedChange && (
        <label className="flex h-7 shrink-0 items-center gap-1.5 rounded-md px-1.5 text-muted text-xs hover:bg-hover hover:text-fg pointer-coarse:h-10">
          <input
            type="checkbox"
            checked={viewed}
            onChange={(event) => onViewedChange(event.target.checked)}
            aria-label={`Viewed: ${file.path}`}
            className="size-3.5 accent-accent"
          />
          Viewed
        </label>
      )}
    </div>
  );
}
