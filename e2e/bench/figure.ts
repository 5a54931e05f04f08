/** One thing that was measured several times. */
export type Figure = { what: string; unit: "ms" | "kB" | "frames"; values: readonly number[] };

export type Summary = { what: string; unit: Figure["unit"]; count: number; median: number; low: number; high: number };

/** @returns the middle and both ends of a figure's values. @throws RangeError without any */
export function summaryOf({ what, unit, values }: Figure): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, median, high] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  if (low === undefined || median === undefined || high === undefined) throw new RangeError(`No value of: ${what}`);
  return { what, unit, count: sorted.length, median, low, high };
}

const digits = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0));

/** As a Markdown table, which terminals show well too. */
export function tableOf(summaries: readonly Summary[]): string {
  const rows = summaries.map(({ what, unit, count, median, low, high }) => [
    what,
    `${digits(median)} ${unit}`,
    `${digits(low)}–${digits(high)}`,
    String(count),
  ]);
  const lines = [["", "median", "from–to", "times"], ["---", "--:", "--:", "--:"], ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
