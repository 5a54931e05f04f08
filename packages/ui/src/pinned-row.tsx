"use client";
import { GripVertical } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { cn } from "./cn.ts";
import { IconButton } from "./icon-button.tsx";
import { ThreadRow, type ThreadRowProps } from "./thread-row.tsx";
import { useRowDrag } from "./use-row-drag.ts";

export type PinnedRowProps = ThreadRowProps & {
  /** By one place up (-1) or down (1). */
  onMove: (step: -1 | 1) => void;
  onDrop: (draggedId: string, edge: "top" | "bottom") => void;
};

/** A thread that stays on top. Dragged by its grip; Alt+↑/↓ moves it. */
export function PinnedRow({ onMove, onDrop, ...props }: PinnedRowProps) {
  const row = useRef<HTMLDivElement>(null);
  const grip = useRef<HTMLButtonElement>(null);
  const { edge, dragged } = useRowDrag({ list: "pins", id: props.thread.id, row, handle: grip, onDrop });

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined || (!event.altKey && event.target !== grip.current)) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(step === -1 ? -1 : 1);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the link and the button inside
    <div ref={row} onKeyDown={onKeyDown} className={cn("group relative", dragged && "opacity-50")}>
      {edge && (
        <span
          className={cn("absolute inset-x-0 z-10 h-0.5 bg-accent-text", edge === "top" ? "-top-px" : "-bottom-px")}
          aria-hidden
        />
      )}
      <ThreadRow {...props} />
      <IconButton
        ref={grip}
        icon={GripVertical}
        label={`Move ${props.thread.title}`}
        keys={["Alt", "↑", "↓"]}
        side="left"
        size="sm"
        data-grip={props.thread.id}
        className="absolute right-1 bottom-0.5 cursor-grab! bg-canvas opacity-0 focus-visible:opacity-100 active:cursor-grabbing! group-hover:opacity-100"
      />
    </div>
  );
}
