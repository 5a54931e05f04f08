"use client";
import { CornerDownRight, GripVertical, Pencil, X } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { Badge } from "./badge.tsx";
import { cn } from "./cn.ts";
import { IconButton } from "./icon-button.tsx";
import type { QueuedPromptView, SendMode } from "./queue-panel.tsx";
import { useRowDrag } from "./use-row-drag.ts";

export type QueuedRowProps = {
  prompt: QueuedPromptView;
  /** By one place up (-1) or down (1). */
  onMove: (step: -1 | 1) => void;
  onDrop: (draggedId: string, edge: "top" | "bottom") => void;
  onEdit: () => void;
  onModeChange?: (mode: SendMode) => void;
  onRemove: () => void;
};

/** A prompt that waits. Alt+↑/↓ anywhere in the row moves it; on its grip the arrows alone do. */
export function QueuedRow({ prompt, onMove, onDrop, onEdit, onModeChange, onRemove }: QueuedRowProps) {
  const row = useRef<HTMLLIElement>(null);
  const grip = useRef<HTMLButtonElement>(null);
  const steers = prompt.mode === "steer";
  const { edge, dragged } = useRowDrag({ list: "queue", id: prompt.id, row, handle: grip, onDrop });

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined || !prompt.movable || (!event.altKey && event.target !== grip.current)) return;
    event.preventDefault();
    onMove(step === -1 ? -1 : 1);
  }

  return (
    <li
      ref={row}
      onKeyDown={onKeyDown}
      className={cn(
        "relative flex min-h-9 items-center gap-1.5 py-1 pr-1.5 pl-1 text-sm pointer-coarse:min-h-12",
        dragged && "opacity-50",
      )}
    >
      {edge && (
        <span
          className={cn("absolute inset-x-0 z-10 h-0.5 bg-accent-text", edge === "top" ? "-top-px" : "-bottom-px")}
          aria-hidden
        />
      )}
      {prompt.movable && (
        <IconButton
          ref={grip}
          icon={GripVertical}
          label="Move"
          keys={["Alt", "↑", "↓"]}
          side="left"
          size="sm"
          data-grip={prompt.id}
          className="cursor-grab! active:cursor-grabbing!"
        />
      )}
      <div className={cn("min-w-0 flex-1 py-0.5", !prompt.movable && "pl-2")}>
        {prompt.author && <p className="text-subtle text-xs">{prompt.author}</p>}
        <p className="line-clamp-2 whitespace-pre-wrap [overflow-wrap:anywhere]">
          {steers && onModeChange && (
            <Badge tone="accent" className="mr-1.5 align-text-bottom">
              Next step
            </Badge>
          )}
          {prompt.text}
        </p>
      </div>
      {prompt.editable && onModeChange && (
        <IconButton
          icon={CornerDownRight}
          label={steers ? "Wait for the end of the turn instead" : "Steer now: the agent reads it at its next step"}
          size="sm"
          side="top"
          onClick={() => onModeChange(steers ? "queue" : "steer")}
          className={steers ? "text-accent-text" : undefined}
        />
      )}
      {prompt.editable && (
        <IconButton
          icon={Pencil}
          label="Edit in the queue"
          size="sm"
          side="top"
          onClick={onEdit}
          data-edit={prompt.id}
        />
      )}
      {prompt.movable && <IconButton icon={X} label="Remove from the queue" size="sm" side="top" onClick={onRemove} />}
    </li>
  );
}
