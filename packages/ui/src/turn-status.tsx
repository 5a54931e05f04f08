"use client";
import type { ReactNode } from "react";
import { Elapsed } from "./elapsed.tsx";
import { formatDuration } from "./format.ts";
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
  /** `stopped`: somebody ended it before it was done. */
  ending?: "done" | "stopped" | "failed";
  /** What can be done about a turn that was stopped. */
  actions?: ReactNode;
};

const ENDINGS = { done: "Worked", stopped: "Stopped after", failed: "Failed after" };

/** What a turn took that has ended, and whether it changed something. */
export function TurnSummary({ durationMs, changed, onShowChanges, ending = "done", actions }: TurnSummaryProps) {
  return (
    <div className="mt-2 mb-4 flex flex-wrap items-center gap-x-2 gap-y-1 px-1.5 text-subtle text-xs">
      <span>
        {ENDINGS[ending]} {formatDuration(durationMs)} ·
      </span>
      {changed ? (
        <button type="button" onClick={onShowChanges} className="text-accent-text hover:underline">
          Files changed
        </button>
      ) : (
        <span>No files changed</span>
      )}
      {actions && <span className="flex flex-wrap items-center gap-1">{actions}</span>}
    </div>
  );
}
