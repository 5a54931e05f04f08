import type { Instant } from "./types.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function toMillis(at: Instant): number {
  return typeof at === "number" ? at : new Date(at).getTime();
}

/** "40 ms", "0.4 s", "12 s", "3 min 05 s", "2 h 07 min", "3 d 4 h" from milliseconds. */
export function formatDuration(ms: number): string {
  const safe = Math.max(0, ms);
  if (safe > 0 && safe < 100) return `${Math.ceil(safe)} ms`;
  if (safe < 10 * SECOND && safe % SECOND !== 0) return `${(Math.floor(safe / 100) / 10).toFixed(1)} s`;
  if (safe < MINUTE) return `${Math.floor(safe / SECOND)} s`;
  if (safe < HOUR) return `${Math.floor(safe / MINUTE)} min ${pad(Math.floor((safe % MINUTE) / SECOND))} s`;
  if (safe < DAY) return `${Math.floor(safe / HOUR)} h ${pad(Math.floor((safe % HOUR) / MINUTE))} min`;
  return `${Math.floor(safe / DAY)} d ${Math.floor((safe % DAY) / HOUR)} h`;
}

/** Elapsed time for a clock that ticks once a second: "0:07", "12:40", "1:02:09". */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** "812 B", "4.2 kB", "31 MB" (decimal units). */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const text = unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value).toString();
  return `${text} ${units[unit]}`;
}

/** "1,204" up to 99,999; then "128k", "3.4M". */
export function formatCount(count: number): string {
  if (count < 100_000) return count.toLocaleString("en-US");
  if (count < 999_500) return `${Math.round(count / 1000)}k`;
  const millions = count / 1_000_000;
  return `${millions < 9.95 ? millions.toFixed(1) : Math.round(millions)}M`;
}

/** "1 file", "3 files". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** "just now", "4 min ago", "3 h ago", "yesterday", "5 d ago", then the date. */
export function formatRelative(at: Instant, now: number): string {
  const then = toMillis(at);
  const ago = now - then;
  if (ago < 45 * SECOND) return "just now";
  if (ago < HOUR) return `${Math.max(1, Math.round(ago / MINUTE))} min ago`;
  if (ago < DAY) return `${Math.round(ago / HOUR)} h ago`;
  if (ago < 2 * DAY) return "yesterday";
  if (ago < 14 * DAY) return `${Math.floor(ago / DAY)} d ago`;
  return formatDate(at);
}

/** "21 Nov 2026", in UTC so that server and browser agree. */
export function formatDate(at: Instant): string {
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

/** The moment in the reader's own language and time zone, for tooltips. */
export function formatAbsolute(at: Instant): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: "long", timeStyle: "medium" });
}

function pad(value: number): string {
  return value.toString().padStart(2, "0");
}
