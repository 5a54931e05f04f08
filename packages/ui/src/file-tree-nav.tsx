"use client";
import { Check, ChevronRight, Search } from "lucide-react";
import { useRef, useState } from "react";
import { cn } from "./cn.ts";
import { DiffCounts } from "./diff-counts.tsx";
import { FileStatus } from "./file-status.tsx";
import { type TreeLine, treeLines } from "./file-tree.ts";
import type { FileDiff } from "./types.ts";
import { VirtualRows } from "./virtual-rows.tsx";

export type FileTreeNavProps = {
  files: readonly FileDiff[];
  /** Hashes of patches that the reader has looked through. */
  viewed: ReadonlySet<string>;
  selectedPath?: string | null;
  onSelect: (path: string) => void;
  className?: string;
};

/** From so many files on, a filter is offered. */
const filterFrom = 10;

/** The changed files below their folders. */
export function FileTreeNav({ files, viewed, selectedPath, onSelect, className }: FileTreeNavProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [query, setQuery] = useState("");
  const scroller = useRef<HTMLDivElement>(null);
  const word = query.trim().toLowerCase();
  const found = word ? files.filter(({ path }) => path.toLowerCase().includes(word)) : files;
  const lines = treeLines(found, word ? new Set() : closed);

  function toggle(path: string) {
    const others = new Set(closed);
    if (!others.delete(path)) others.add(path);
    setClosed(others);
  }

  return (
    <nav aria-label="Changed files" className={cn("flex min-h-0 min-w-0 flex-col", className)}>
      {files.length >= filterFrom && (
        <label className="relative mx-2 mt-2 flex shrink-0 items-center">
          <span className="sr-only">Filter changed files</span>
          <Search className="absolute left-2 size-3.5 text-subtle" aria-hidden />
          <input
            type="search"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            placeholder="Filter files"
            className="h-7 w-full rounded-md border border-control bg-surface pr-2 pl-7 text-sm placeholder:text-subtle pointer-coarse:h-10"
          />
        </label>
      )}
      <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain p-2">
        <VirtualRows
          rows={lines}
          scroller={scroller}
          keyOf={({ kind, path }) => `${kind} ${path}`}
          estimate={() => 26}
          render={(line) => (
            <Line
              line={line}
              closed={closed.has(line.path)}
              viewed={line.kind === "file" && viewed.has(line.file.hash)}
              selected={line.path === selectedPath}
              onPress={() => (line.kind === "file" ? onSelect(line.path) : toggle(line.path))}
            />
          )}
        />
        {lines.length === 0 && <p className="px-1.5 py-1 text-subtle text-xs">No file matches</p>}
      </div>
    </nav>
  );
}

type LineProps = { line: TreeLine; closed: boolean; viewed: boolean; selected: boolean; onPress: () => void };

function Line({ line, closed, viewed, selected, onPress }: LineProps) {
  const folder = line.kind === "folder";
  return (
    <button
      type="button"
      aria-current={selected && !folder ? "true" : undefined}
      aria-expanded={folder ? !closed : undefined}
      onClick={onPress}
      title={line.path}
      style={{ paddingLeft: 6 + line.depth * 12 }}
      className="flex h-6.5 compact:h-5.5 w-full min-w-0 items-center gap-1.5 rounded-md pr-1.5 text-left text-xs outline-offset-[-2px] hover:bg-hover aria-[current]:bg-selected pointer-coarse:h-10"
    >
      {folder ? (
        <ChevronRight className={cn("size-3.5 shrink-0 text-subtle", !closed && "rotate-90")} aria-hidden />
      ) : (
        <FileStatus status={line.file.status} />
      )}
      <span className={cn("min-w-0 flex-1 truncate", folder || viewed ? "text-muted" : "text-fg")}>{line.name}</span>
      {viewed && <Check className="size-3.5 shrink-0 text-muted" role="img" aria-label="viewed" />}
      {!folder && <DiffCounts additions={line.file.additions} deletions={line.file.deletions} />}
    </button>
  );
}
