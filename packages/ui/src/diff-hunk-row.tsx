"use client";
import { ChevronsDown, ChevronsUp, ChevronsUpDown } from "lucide-react";
import { useState } from "react";
import type { DiffGap } from "./diff-blocks.ts";
import { plural } from "./format.ts";
import { IconButton } from "./icon-button.tsx";
import { linesAtOnce } from "./use-diff-model.ts";

export type DiffHunkRowProps = {
  gap: DiffGap | null;
  text: string;
  section: string;
  /** Shows lines at an end of the gap. Absent where they cannot be read. */
  onExpand?: (edge: "top" | "bottom") => Promise<void>;
};

/** What is left out between two parts of a file, with buttons that show it. */
export function DiffHunkRow({ gap, text, section, onExpand }: DiffHunkRowProps) {
  const [pending, setPending] = useState(false);
  const size = gap && gap.to !== null ? gap.to - gap.from : null;
  const whole = size !== null && size <= linesAtOnce * 2;

  async function expand(edge: "top" | "bottom") {
    setPending(true);
    await onExpand?.(edge);
    setPending(false);
  }

  const button = (label: string, icon: typeof ChevronsUp, edge: "top" | "bottom") => (
    <IconButton icon={icon} label={label} size="sm" disabled={pending} onClick={() => expand(edge)} />
  );
  return (
    <div
      data-diff-hunk=""
      tabIndex={-1}
      className="flex min-h-7 items-center bg-diff-hunk font-mono text-muted text-xs leading-5 outline-offset-[-2px]"
    >
      <span className="flex w-(--gutters) shrink-0 justify-center">
        {gap && onExpand && whole && button(`Show ${plural(size, "line")}`, ChevronsUpDown, "top")}
        {gap && onExpand && !whole && gap.from > 1 && button(`Show ${linesAtOnce} lines below`, ChevronsDown, "top")}
        {gap &&
          onExpand &&
          !whole &&
          gap.to !== null &&
          button(`Show ${linesAtOnce} lines above`, ChevronsUp, "bottom")}
      </span>
      <span className="min-w-0 flex-1 truncate py-1 pr-3 pl-5" title={section || undefined}>
        {text} {section}
      </span>
    </div>
  );
}
