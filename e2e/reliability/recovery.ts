import type { Stage } from "./stage.ts";
import type { ThreadRun } from "./thread-run.ts";

/** From a kill to the thread's next change, in milliseconds; null if there was nothing left to do. */
export async function recoveryOf(stage: Stage, run: ThreadRun, at: number): Promise<number | null> {
  const [first] = await stage.rows.query<{ ms: number | null }>(
    `SELECT extract(epoch FROM min(at))::float8 * 1000 AS ms FROM reliability.change
     WHERE thread = $1 AND at > to_timestamp($2)`,
    [run.id, at / 1000],
  );
  return first?.ms == null ? null : Math.round(first.ms - at);
}

/** … of every thread that was in the middle of a turn at the kill. */
export async function recoveriesAt(stage: Stage, at: number): Promise<number[]> {
  const rows = await stage.rows.query<{ ms: number }>(
    `SELECT extract(epoch FROM min(c.at))::float8 * 1000 AS ms FROM "Turn" t
     JOIN reliability.change c ON c.thread = t."threadId" AND c.at > to_timestamp($1)
     WHERE t."startedAt" < to_timestamp($1) AND t."finishedAt" > to_timestamp($1) GROUP BY t.id`,
    [at / 1000],
  );
  return rows.map(({ ms }) => Math.round(ms - at));
}

export type Spread = { count: number; p50: number; p95: number; max: number };

/** Null for no values. */
export function spread(values: readonly number[]): Spread | null {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return sorted.length === 0 ? null : { count: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}
