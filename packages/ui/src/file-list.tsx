"use client";
import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { cn } from "./cn.ts";
import { DiffCounts } from "./diff-counts.tsx";
import { FilePath } from "./file-path.tsx";
import { FileStatus } from "./file-status.tsx";
import { plural } from "./format.ts";
import type { FileDiff } from "./types.ts";

export type FileListProps = {
  files: readonly FileDiff[];
  selectedPath?: string | null;
  onSelect: (path: string) => void;
};

/** The changed files, a line each; long lists start folded. */
export function FileList({ files, selectedPath, onSelect }: FileListProps) {
  const [open, setOpen] = useState(files.length <= 12);
  const id = useId();
  return (
    <nav aria-label="Changed files" className="px-2 pt-2 pb-3">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        className="flex h-7 items-center gap-1.5 rounded-md px-1.5 text-muted text-xs hover:text-fg pointer-coarse:h-10"
      >
        <ChevronRight className={cn("size-3.5 transition-transform duration-100", open && "rotate-90")} aria-hidden />
        {plural(files.length, "changed file")}
      </button>
      <ul id={id} hidden={!open}>
        {files.map((file) => (
          <li key={file.path} className="[contain-intrinsic-height:28px] [content-visibility:auto]">
            <button
              type="button"
              aria-current={file.path === selectedPath ? "true" : undefined}
              onClick={() => onSelect(file.path)}
              className="flex h-7 w-full min-w-0 items-center gap-2 rounded-md px-1.5 text-left outline-offset-[-2px] hover:bg-hover aria-[current]:bg-selected pointer-coarse:h-10"
            >
              <FileStatus status={file.status} />
              <FilePath path={file.path} className="flex-1" />
              {file.binary ? (
                <span className="text-subtle text-xs">binary</span>
              ) : (
                <DiffCounts additions={file.additions} deletions={file.deletions} />
              )}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
