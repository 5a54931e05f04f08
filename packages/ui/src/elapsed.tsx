"use client";
import { formatElapsed, toMillis } from "./format.ts";
import type { Instant } from "./types.ts";
import { useNow } from "./use-now.ts";

/** A clock that counts up from `since`, once a second. */
export function Elapsed({ since, className }: { since: Instant; className?: string }) {
  const now = useNow(1000);
  return (
    <span role="timer" aria-live="off" className={className}>
      {now === null ? "0:00" : formatElapsed(now - toMillis(since))}
    </span>
  );
}
