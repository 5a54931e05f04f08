"use client";
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";

export type VirtualRowsProps<T> = {
  rows: readonly T[];
  /** What scrolls around them. */
  scroller: RefObject<HTMLElement | null>;
  keyOf: (row: T) => string;
  /** Height in px until a row has been drawn. */
  estimate: (row: T) => number;
  render: (row: T, index: number) => ReactNode;
};

/** Rows of any height of which those near the screen alone are drawn, and the one that has the focus. */
export function VirtualRows<T>({ rows, scroller, keyOf, estimate, render }: VirtualRowsProps<T>) {
  const focused = useRef<number | null>(null);
  // What scrolls is an ancestor: it is known once it has been drawn itself.
  const [, drawn] = useState(false);
  useEffect(() => drawn(true), []);
  const virtualizer = useVirtualizer({
    count: rows.length,
    overscan: 12,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => keyOf(rows[index] as T),
    estimateSize: (index) => estimate(rows[index] as T),
    rangeExtractor: (range) => withFocused(range, focused.current),
  });
  return (
    <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map(({ key, index, start }) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: only notes where the focus inside is
        <div
          key={key}
          ref={virtualizer.measureElement}
          data-index={index}
          onFocus={() => {
            focused.current = index;
          }}
          onBlur={() => {
            focused.current = null;
          }}
          className="absolute inset-x-0 top-0"
          style={{ transform: `translateY(${start}px)` }}
        >
          {render(rows[index] as T, index)}
        </div>
      ))}
    </div>
  );
}

function withFocused(range: Range, focused: number | null): number[] {
  const shown = defaultRangeExtractor(range);
  if (focused === null || focused >= range.count || shown.includes(focused)) return shown;
  return [...shown, focused].sort((a, b) => a - b);
}
