import type { NotificationSettings } from "./notifications.schema.ts";

const minuteMs = 60_000;

/**
 * When quiet hours that hold at `at` are over; `null` outside of them. Those from a minute to itself never hold. On the
 * night when clocks change the end is told as of the clock before, and so an hour off at most.
 */
export function quietUntil(at: Date, { quietHours, timeZone }: NotificationSettings): Date | null {
  if (quietHours === null || quietHours.from === quietHours.to) return null;
  const { from, to } = quietHours;
  const now = minuteOfDay(at, timeZone);
  const within = from < to ? now >= from && now < to : now >= from || now < to;
  if (!within) return null;
  const left = (to - now + 1440) % 1440;
  return new Date(Math.floor(at.getTime() / minuteMs) * minuteMs + left * minuteMs);
}

function minuteOfDay(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const [hour, minute] = ["hour", "minute"].map((type) =>
    Number(parts.formatToParts(at).find((part) => part.type === type)?.value),
  );
  return (hour ?? 0) * 60 + (minute ?? 0);
}
