"use client";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import { createDiffColours } from "./diff-colours.ts";
import { DiffRowView } from "./diff-row-view.tsx";
import type { DiffRow } from "./diff-rows.ts";
import type { FileDiff } from "./types.ts";
import type { DiffModel, ReadLines } from "./use-diff-model.ts";

/** Where keys and links lead in a diff. */
export type DiffListHandle = {
  showFile: (path: string) => void;
  /** To the next (1) or previous (-1) file or hunk, and the focus with it. */
  step: (kind: "file" | "hunk", step: 1 | -1) => void;
  /** The file that has the focus, or the topmost one. */
  current: () => FileDiff | undefined;
};

export type DiffListProps = {
  files: readonly FileDiff[];
  model: DiffModel;
  split: boolean;
  viewed: ReadonlySet<string>;
  onViewedChange?: (file: FileDiff, viewed: boolean) => void;
  readLines?: ReadLines;
  editorHref?: (path: string) => string | undefined;
  handle: Ref<DiffListHandle>;
};

/** All files of a diff in one scroller, of which the rows near the screen alone are drawn; the header of a file stays in sight. */
export function DiffList(props: DiffListProps) {
  const { files, model, split, viewed, onViewedChange, readLines, editorHref, handle } = props;
  const { rows } = model;
  const scroller = useRef<HTMLElement>(null);
  const [colours] = useState(createDiffColours);
  const [, redraw] = useState(0);
  const focusNext = useRef<string | null>(null);
  /** Where a key has led to last, as long as the reader has not scrolled on. */
  const led = useRef<{ index: number; top: number } | null>(null);
  const headers = useMemo(() => rows.flatMap((row, index) => (row.kind === "file" ? [index] : [])), [rows]);
  const headerAbove = (index: number) => headers.findLast((header) => header <= index) ?? 0;

  const virtualizer = useVirtualizer({
    count: rows.length,
    overscan: 20,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => rows[index]?.key ?? index,
    estimateSize: (index) => heights[rows[index]?.kind ?? "line"],
    rangeExtractor: (range) => [...new Set([headerAbove(range.startIndex), ...defaultRangeExtractor(range)])],
  });
  const items = virtualizer.getVirtualItems();
  const sticky = headerAbove(virtualizer.range?.startIndex ?? 0);

  useEffect(giveFocus);

  /** As soon as the row is drawn that is to have it. */
  function giveFocus() {
    if (focusNext.current === null) return;
    // A row that is gone leaves the focus to its file.
    if (!rows.some(({ key }) => key === focusNext.current))
      focusNext.current = focusNext.current.split("\n")[0] ?? null;
    const row = scroller.current?.querySelector(`[data-row="${CSS.escape(focusNext.current ?? "")}"]`);
    const target = row?.querySelector<HTMLElement>("[aria-expanded], [data-diff-hunk]");
    if (!target) return;
    focusNext.current = null;
    target.focus({ preventScroll: true });
  }

  function lead(index: number) {
    const row = rows[index];
    if (!row) return;
    focusNext.current = row.key;
    giveFocus();
    virtualizer.scrollToIndex(index, { align: row.kind === "file" ? "start" : "center" });
    requestAnimationFrame(() => {
      led.current = { index, top: scroller.current?.scrollTop ?? 0 };
    });
  }

  /** The row that keys start from: the one that has the focus, the one that they have led to, or the topmost. */
  function at(): number {
    const focused = document.activeElement?.closest<HTMLElement>("[data-row]");
    const key = scroller.current?.contains(focused ?? null) ? focused?.dataset.row : undefined;
    const index = key === undefined ? -1 : rows.findIndex((row) => row.key === key);
    if (index >= 0) return index;
    const top = scroller.current?.scrollTop ?? 0;
    if (led.current && Math.abs(led.current.top - top) < 2) return led.current.index;
    return top === 0 ? -1 : (virtualizer.range?.startIndex ?? -1);
  }

  useImperativeHandle(handle, () => ({
    showFile: (path) => lead(rows.findIndex((row) => row.kind === "file" && row.key === path)),
    step(kind, step) {
      const from = at();
      const stops = rows.flatMap((row, index) => (row.kind === kind && isStop(row) ? [index] : []));
      const next = step === 1 ? stops.find((index) => index > from) : stops.findLast((index) => index < from);
      if (next !== undefined) lead(next);
    },
    current: () => files[rows[Math.max(0, at())]?.file ?? 0],
  }));

  const digits = useMemo(() => String(rows.reduce((most, row) => Math.max(most, numberOf(row)), 0)).length, [rows]);
  return (
    <section
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="Changes"
      className="min-h-0 min-w-0 flex-1 overflow-y-auto overscroll-contain px-3 outline-offset-[-2px]"
    >
      <div
        className="relative"
        style={
          {
            height: virtualizer.getTotalSize(),
            "--gutter": `${digits + 2}ch`,
            "--gutters": `${(digits + 2) * (split ? 1 : 2)}ch`,
          } as CSSProperties
        }
      >
        {items.map(({ key, index, start }) => {
          const row = rows[index] as DiffRow;
          return (
            <div
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              data-row={row.key}
              className={index === sticky ? "sticky top-0 z-10" : "absolute inset-x-0 top-0"}
              style={index === sticky ? undefined : { transform: `translateY(${start}px)` }}
            >
              <DiffRowView
                row={row}
                file={files[row.file] as FileDiff}
                model={model}
                colours={colours}
                viewed={viewed}
                onViewedChange={onViewedChange}
                readLines={readLines}
                onExpanded={() => {
                  focusNext.current = row.key;
                  redraw((count) => count + 1);
                }}
                editorHref={editorHref}
              />
            </div>
          );
        })}
      </div>
    </section>
  );
}

const heights = { file: 38, hunk: 28, line: 20, pair: 20, note: 48, end: 12 } satisfies Record<DiffRow["kind"], number>;

/** What follows the last hunk is none. */
function isStop(row: DiffRow): boolean {
  return row.kind !== "hunk" || row.text !== "";
}

function numberOf(row: DiffRow): number {
  if (row.kind === "line") return row.line.newLine ?? row.line.oldLine ?? 0;
  return row.kind === "pair" ? Math.max(row.left?.oldLine ?? 0, row.right?.newLine ?? 0) : 0;
}
