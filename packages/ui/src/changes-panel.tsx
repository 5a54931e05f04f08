"use client";
import { ChevronsDownUp, ChevronsUpDown, FileDiff as FileDiffIcon } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { DiffCounts } from "./diff-counts.tsx";
import { DiffView } from "./diff-view.tsx";
import { EmptyState } from "./empty-state.tsx";
import { ErrorState } from "./error-state.tsx";
import { FileList } from "./file-list.tsx";
import { plural } from "./format.ts";
import { IconButton } from "./icon-button.tsx";
import { Select, type SelectOption } from "./select.tsx";
import { SkeletonRows } from "./skeleton.tsx";
import type { FileDiff } from "./types.ts";

export type ChangesPanelProps = {
  /** Undefined while loading for the first time. */
  files: readonly FileDiff[] | undefined;
  /** "All changes" and one entry per turn. */
  scopes: SelectOption[];
  scope: string;
  onScopeChange: (scope: string) => void;
  error?: { reason: string; onRetry: () => void } | null;
  /** The commit button. */
  action?: ReactNode;
  /** The file the address names: it is scrolled to when it changes by a click in the list. */
  selectedPath?: string | null;
  onSelectPath?: (path: string) => void;
};

/** What a thread changed: totals, files, diffs. `j`/`k` move between files, `n`/`p` between hunks. */
export function ChangesPanel(props: ChangesPanelProps) {
  const { files, scopes, scope, onScopeChange, error, action, selectedPath, onSelectPath } = props;
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const allClosed = files !== undefined && files.length > 0 && files.every((file) => closed.has(file.path));

  function setOpen(path: string, open: boolean) {
    const next = new Set(closed);
    if (open) next.delete(path);
    else next.add(path);
    setClosed(next);
  }

  function show(path: string) {
    setOpen(path, true);
    onSelectPath?.(path);
    const header = scroller.current?.querySelector(`[data-diff-file="${CSS.escape(path)}"]`);
    header?.parentElement?.scrollIntoView({ block: "start" });
    header?.querySelector<HTMLElement>("[aria-expanded]")?.focus({ preventScroll: true });
  }

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-line border-b py-1.5 pr-3 pl-2">
        <Select
          quiet
          aria-label="Which changes"
          value={scope}
          onValueChange={onScopeChange}
          options={scopes}
          className="max-w-56"
        />
        {files && files.length > 0 && <Totals files={files} />}
        <span className="ml-auto flex items-center gap-1">
          {files && files.length > 0 && (
            <IconButton
              icon={allClosed ? ChevronsUpDown : ChevronsDownUp}
              label={allClosed ? "Expand all files" : "Collapse all files"}
              onClick={() => setClosed(new Set(allClosed ? [] : files.map((file) => file.path)))}
            />
          )}
          {action}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys that move the focus between the buttons inside */}
      <div
        ref={scroller}
        onKeyDown={(event) => moveFocus(event, scroller.current)}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain"
      >
        {error ? (
          <ErrorState title="The changes could not be loaded" reason={error.reason} onRetry={error.onRetry} />
        ) : files === undefined ? (
          <SkeletonRows rows={12} label="Loading changes" className="p-4" />
        ) : files.length === 0 ? (
          <EmptyState icon={FileDiffIcon} title="No changes yet">
            Files that the agent edits appear here, each with its diff.
          </EmptyState>
        ) : (
          <>
            <FileList files={files} selectedPath={selectedPath} onSelect={show} />
            <div className="flex flex-col gap-3 p-3 pt-0">
              {files.map((file) => (
                <DiffView
                  key={file.path}
                  file={file}
                  open={!closed.has(file.path)}
                  onOpenChange={(open) => setOpen(file.path, open)}
                />
              ))}
            </div>
          </>
        )}
      </div>
    </div>
  );
}

function Totals({ files }: { files: readonly FileDiff[] }) {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return (
    <span className="flex items-center gap-2 whitespace-nowrap text-muted text-xs">
      {plural(files.length, "file")} <DiffCounts additions={additions} deletions={deletions} />
    </span>
  );
}

function moveFocus(event: KeyboardEvent, scope: HTMLElement | null): void {
  if (event.metaKey || event.ctrlKey || event.altKey || !scope) return;
  const target = {
    j: ["[data-diff-file] > [aria-expanded]", 1],
    k: ["[data-diff-file] > [aria-expanded]", -1],
    n: ["[data-diff-hunk]", 1],
    p: ["[data-diff-hunk]", -1],
  }[event.key] as [string, number] | undefined;
  if (!target) return;
  const [selector, step] = target;
  const stops = [...scope.querySelectorAll<HTMLElement>(selector)];
  const focused = document.activeElement;
  const isAfter = (stop: HTMLElement) =>
    focused !== null && (stop.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
  const isBefore = (stop: HTMLElement) =>
    focused !== null && (stop.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  const next = step === 1 ? (stops.find(isAfter) ?? stops[0]) : stops.findLast(isBefore);
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: selector === "[data-diff-hunk]" ? "center" : "start" });
}
