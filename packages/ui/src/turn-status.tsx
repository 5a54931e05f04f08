"use client";
import { Clock3, X } from "lucide-react";
import type { ReactNode } from "react";
import { Elapsed } from "./elapsed.tsx";
import { formatDuration } from "./format.ts";
import { IconButton } from "./icon-button.tsx";
import type { Instant } from "./types.ts";

export type TurnRunningProps = {
  since: Instant;
  /** What it is doing: "Working", "Waiting for the model (attempt 2)". */
  label?: string;
  action?: ReactNode;
};

/** The last line of a conversation while a turn runs. */
export function TurnRunning({ since, label = "Working", action }: TurnRunningProps) {
  return (
    <div className="mt-2 flex min-h-7 items-center gap-2 px-1.5 text-muted text-sm">
      <span className="mx-0.5 size-2.5 shrink-0 animate-breathe rounded-full bg-accent-text" aria-hidden />
      <span className="min-w-0 truncate">{label}</span>
      <Elapsed since={since} className="text-subtle text-xs" />
      <span className="ml-auto">{action}</span>
    </div>
  );
}

export type TurnSummaryProps = {
  durationMs: number;
  /** Whether any file differs from before. */
  changed: boolean;
  onShowChanges: () => void;
};

/** What a finished turn took and whether it changed something. */
export function TurnSummary({ durationMs, changed, onShowChanges }: TurnSummaryProps) {
  return (
    <div className="mt-2 mb-4 flex flex-wrap items-center gap-x-2 gap-y-1 px-1.5 text-subtle text-xs">
      <span>Worked {formatDuration(durationMs)} ·</span>
      {changed ? (
        <button type="button" onClick={onShowChanges} className="text-accent-text hover:underline">
          Files changed
        </button>
      ) : (
        <span>No files changed</span>
      )}
    </div>
  );
}

/** A prompt that waits for the running turn to end. */
export function QueuedPrompt({ text, author, onRemove }: { text: string; author?: string; onRemove?: () => void }) {
  return (
    <div className="mt-2 flex items-start gap-2 rounded-lg border border-line-strong border-dashed px-3 py-2 text-muted text-sm">
      <Clock3 className="mt-0.5 size-3.5 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="text-subtle text-xs">{author ? `Queued by ${author}` : "Queued"}: starts when this turn ends</p>
        <p className="line-clamp-3 whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</p>
      </div>
      {onRemove && <IconButton icon={X} label="Remove from the queue" size="sm" onClick={onRemove} />}
    </div>
  );
}
