"use client";
import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { cn } from "./cn.ts";

export type ColumnResizerProps = {
  label: string;
  size: number;
  min: number;
  max: number;
  /** Towards which side a drag makes the column wider. */
  grows: "left" | "right";
  onResize: (size: number) => void;
  onResizeEnd: (size: number) => void;
  onReset: () => void;
};

/** The line between two columns: drag, arrow keys, or double click to reset. */
export function ColumnResizer(props: ColumnResizerProps) {
  const { label, size, min, max, grows, onResize, onResizeEnd, onReset } = props;
  const start = useRef<{ x: number; size: number } | null>(null);
  const direction = grows === "right" ? 1 : -1;
  const clamp = (value: number) => Math.round(Math.min(max, Math.max(min, value)));

  function sizeAt(event: PointerEvent): number {
    const from = start.current;
    return from ? clamp(from.size + (event.clientX - from.x) * direction) : size;
  }

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = clamp(size + step * direction);
    onResize(next);
    onResizeEnd(next);
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that takes focus has no element of its own
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={size}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onDoubleClick={onReset}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, size };
      }}
      onPointerMove={(event) => start.current && onResize(sizeAt(event))}
      onPointerUp={(event) => {
        if (start.current) onResizeEnd(sizeAt(event));
        start.current = null;
      }}
      onPointerCancel={() => {
        start.current = null;
      }}
      className={cn(
        "group absolute inset-y-0 z-20 w-px cursor-col-resize touch-none bg-line outline-none max-frame:hidden",
        grows === "right" ? "-right-px" : "left-0",
      )}
    >
      <span className="absolute inset-y-0 -left-1 w-2.25 transition-colors duration-100 group-hover:bg-accent-text/25 group-focus-visible:bg-accent-text/40 group-active:bg-accent-text/40" />
    </div>
  );
}
