"use client";
import { ChevronsDownUp, ChevronsUpDown, Columns2, FileDiff as FileDiffIcon, FolderTree } from "lucide-react";
import { type CSSProperties, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { DiffCounts } from "./diff-counts.tsx";
import { DiffList, type DiffListHandle } from "./diff-list.tsx";
import { EmptyState } from "./empty-state.tsx";
import { ErrorState } from "./error-state.tsx";
import { inTreeOrder } from "./file-tree.ts";
import { FileTreeNav } from "./file-tree-nav.tsx";
import { plural } from "./format.ts";
import { IconButton } from "./icon-button.tsx";
import { Select, type SelectOption } from "./select.tsx";
import { SkeletonRows } from "./skeleton.tsx";
import type { FileDiff } from "./types.ts";
import { type ReadLines, useDiffModel } from "./use-diff-model.ts";
import { useShortcuts } from "./use-shortcuts.ts";
import { useStored } from "./use-stored.ts";
import { useWide } from "./use-wide.ts";

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
  /** The file the address names: it is scrolled to. */
  selectedPath?: string | null;
  onSelectPath?: (path: string) => void;
  /** Hashes of the patches that the reader has looked through. */
  viewed: ReadonlySet<string>;
  onViewedChange: (hash: string, viewed: boolean) => void;
  readLines: ReadLines;
  /** Where a file opens in the reader's editor. */
  editorHref?: (path: string) => string | undefined;
};

const none: readonly FileDiff[] = [];

/** What a thread changed: totals, files, diffs. `j`/`k` move between files, `n`/`p` between hunks, `v` marks a file as viewed. */
export function ChangesPanel(props: ChangesPanelProps) {
  const { error, viewed, onViewedChange, readLines, editorHref, selectedPath, onSelectPath } = props;
  const wide = useWide();
  const [layout, setLayout] = useStored<"unified" | "split">("heddle-diff-layout", "unified");
  const [treeKept, setTreeKept] = useStored("heddle-diff-tree", true);
  const [treeOnPhone, setTreeOnPhone] = useState(false);
  const [tree, setTree] = wide ? [treeKept, setTreeKept] : [treeOnPhone, setTreeOnPhone];
  const files = useMemo(() => (error ? none : inTreeOrder(props.files ?? none)), [error, props.files]);
  const some = files.length > 0;
  const split = layout === "split" && wide;
  const model = useDiffModel(files, viewed, split);
  const list = useRef<DiffListHandle>(null);
  const allClosed = files.every((file) => !model.isOpen(file));
  const seen = files.filter(({ hash }) => viewed.has(hash)).length;

  function show(path: string) {
    model.setOpen(path, true);
    onSelectPath?.(path);
    list.current?.showFile(path);
  }

  function view(file: FileDiff, next: boolean) {
    model.followViewed(file.path);
    onViewedChange(file.hash, next);
  }

  useEffect(() => {
    if (selectedPath && some) list.current?.showFile(selectedPath);
  }, [selectedPath, some]);
  useShortcuts({
    j: () => list.current?.step("file", 1),
    k: () => list.current?.step("file", -1),
    n: () => list.current?.step("hunk", 1),
    p: () => list.current?.step("hunk", -1),
    v() {
      const file = list.current?.current();
      if (!file) return;
      view(file, !viewed.has(file.hash));
      list.current?.showFile(file.path);
    },
  });

  return (
    <div className="flex h-full min-h-0 flex-col">
      {/* The action has one place, whatever is shown: a dialog that it opened stays. */}
      <Bar>
        {some && (
          <IconButton
            icon={FolderTree}
            label={tree ? "Hide the files" : "Show the files"}
            aria-pressed={tree}
            onClick={() => setTree(!tree)}
          />
        )}
        <Scope {...props} />
        {some && <Totals files={files} seen={seen} />}
        <span className="ml-auto flex items-center gap-1">
          {some && wide && (
            <IconButton
              icon={Columns2}
              label={split ? "Old and new in one column" : "Old and new side by side"}
              aria-pressed={split}
              onClick={() => setLayout(split ? "unified" : "split")}
              className="aria-pressed:bg-selected aria-pressed:text-fg"
            />
          )}
          {some && (
            <IconButton
              icon={allClosed ? ChevronsUpDown : ChevronsDownUp}
              label={allClosed ? "Expand all files" : "Collapse all files"}
              onClick={() => model.setAllOpen(allClosed)}
            />
          )}
          {props.action}
        </span>
      </Bar>
      {error ? (
        <ErrorState title="The changes could not be loaded" reason={error.reason} onRetry={error.onRetry} />
      ) : props.files === undefined ? (
        <SkeletonRows rows={12} label="Loading changes" className="p-4" />
      ) : !some ? (
        <EmptyState icon={FileDiffIcon} title="No changes yet">
          Files that the agent edits appear here, each with its diff.
        </EmptyState>
      ) : (
        <div className="@container min-h-0 flex-1">
          <div className="flex h-full @2xl:flex-row flex-col" style={{ "--lines": files.length + 2 } as CSSProperties}>
            {tree && (
              <FileTreeNav
                files={files}
                viewed={viewed}
                selectedPath={selectedPath}
                onSelect={show}
                className="@max-2xl:h-[min(30%,calc(var(--lines)*1.75rem))] shrink-0 @max-2xl:border-b @2xl:border-r border-line @2xl:w-56"
              />
            )}
            <DiffList
              files={files}
              model={model}
              split={split}
              viewed={viewed}
              onViewedChange={view}
              readLines={readLines}
              editorHref={editorHref}
              handle={list}
            />
          </div>
        </div>
      )}
    </div>
  );
}

function Bar({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-line border-b py-1.5 pr-3 pl-2">
      {children}
    </div>
  );
}

function Scope({ scopes, scope, onScopeChange }: Pick<ChangesPanelProps, "scopes" | "scope" | "onScopeChange">) {
  return (
    <Select
      quiet
      aria-label="Which changes"
      value={scope}
      onValueChange={onScopeChange}
      options={scopes}
      className="max-w-56"
    />
  );
}

function Totals({ files, seen }: { files: readonly FileDiff[]; seen: number }) {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return (
    <span className="flex items-center gap-2 whitespace-nowrap text-muted text-xs">
      {plural(files.length, "file")} <DiffCounts additions={additions} deletions={deletions} />
      {seen > 0 && <span className="text-subtle">{seen} viewed</span>}
    </span>
  );
}
