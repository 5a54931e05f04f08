export type SnoozeTime = { label: string; until: Date };

/** Times to put something off to, in the reader's own time zone, soonest first; none that is as good as another. */
export function snoozeTimes(now: Date): SnoozeTime[] {
  const at = (days: number, hour: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour, 0, 0, 0);
  const toMonday = ((8 - now.getDay()) % 7) + (now.getDay() === 1 ? 7 : 0);
  const evening = at(0, 18);
  return [
    { label: "In one hour", until: new Date(now.getTime() + 3_600_000) },
    ...(evening.getTime() - now.getTime() > 2 * 3_600_000 ? [{ label: "This evening", until: evening }] : []),
    { label: "Tomorrow morning", until: at(1, 9) },
    ...(toMonday > 1 ? [{ label: "Monday morning", until: at(toMonday, 9) }] : []),
    { label: "In a week", until: at(7, 9) },
  ];
}
