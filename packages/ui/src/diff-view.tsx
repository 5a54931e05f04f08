"use client";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useId, useMemo, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { CopyButton } from "./copy-button.tsx";
import { DiffCounts } from "./diff-counts.tsx";
import { DiffHunks } from "./diff-hunks.tsx";
import { FilePath } from "./file-path.tsx";
import { FileStatus } from "./file-status.tsx";
import { plural } from "./format.ts";
import { parsePatch } from "./parse-patch.ts";
import type { FileDiff } from "./types.ts";
import { useNearViewport } from "./use-near-viewport.ts";

/** Patches with more lines than this open only on request. */
const LARGE = 800;

export type DiffViewProps = {
  file: FileDiff;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** At the end of the header, e.g. a "viewed" box. */
  actions?: ReactNode;
  /** Distance of the sticky header from the scroller's top, in px. */
  stickyTop?: number;
};

/** One file's unified diff with its header. What is far from the screen is not rendered yet. */
export function DiffView({ file, open, onOpenChange, actions, stickyTop = 0 }: DiffViewProps) {
  const id = useId();
  return (
    <section
      aria-label={`Changes of ${file.path}`}
      className="rounded-lg border border-line bg-surface [contain-intrinsic-height:auto_240px]"
    >
      <header
        data-diff-file={file.path}
        style={{ top: stickyTop }}
        className={cn(
          "sticky z-10 flex min-h-9 items-center gap-2 bg-canvas pr-2 pl-1",
          open ? "rounded-t-lg border-line border-b" : "rounded-lg",
        )}
      >
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => onOpenChange(!open)}
          className="flex min-h-9 min-w-0 items-center gap-2 rounded-md px-1 text-left outline-offset-[-2px]"
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
        <CopyButton text={file.path} label="Copy path" />
        <span className="ml-auto" />
        {!file.binary && <DiffCounts additions={file.additions} deletions={file.deletions} />}
        {actions}
      </header>
      <div id={id} hidden={!open}>
        {open && <DiffBody file={file} />}
      </div>
    </section>
  );
}

/** The hunks of a file without its header, for places that name the file themselves. */
export function DiffBody({ file }: { file: FileDiff }) {
  const box = useRef<HTMLDivElement>(null);
  const near = useNearViewport(box);
  const [wanted, setWanted] = useState(false);
  const rows = file.additions + file.deletions;
  const hunks = useMemo(() => (near ? parsePatch(file.patch) : []), [near, file.patch]);

  if (file.binary) return <Note>Binary file: no text to show</Note>;
  if (!file.patch.includes("@@")) {
    return (
      <Note>
        {file.status === "renamed" ? "Renamed without changes" : "No lines changed: an empty file or a new mode"}
      </Note>
    );
  }
  if (rows > LARGE && !wanted) {
    return (
      <Note>
        <span>{plural(rows, "changed line")}: folded so that the page stays quick</span>
        <Button size="sm" onClick={() => setWanted(true)}>
          Show the diff
        </Button>
      </Note>
    );
  }
  return (
    <div ref={box} style={near ? undefined : { height: Math.min(rows + 6, 400) * 20 }}>
      {near && <DiffHunks hunks={hunks} path={file.path} />}
      {near && file.truncated && <Note>Cut here: the change is too large to show. The branch has it whole.</Note>}
    </div>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 px-3 py-3 text-muted text-sm">{children}</div>
  );
}
