"use client";
import { formatAbsolute, formatDate, formatRelative } from "./format.ts";
import type { Instant } from "./types.ts";
import { useNow } from "./use-now.ts";

/** "4 min ago", the absolute moment on hover. The server renders the date, so hydration agrees. */
export function RelativeTime({ at, className }: { at: Instant; className?: string }) {
  const now = useNow(30_000);
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={now === null ? undefined : formatAbsolute(at)}
      className={className}
    >
      {now === null ? formatDate(at) : formatRelative(at, now)}
    </time>
  );
}
