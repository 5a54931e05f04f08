import type { Tx } from "./database.ts";

/**
 * The database's time, as of this statement: what one host writes down and another compares is told in it, because the
 * clocks of hosts differ.
 */
export async function databaseTime(db: Pick<Tx, "$queryRaw">): Promise<Date> {
  const [{ now }] = await db.$queryRaw<[{ now: Date }]>`SELECT clock_timestamp()::timestamptz(3) AS "now"`;
  return now;
}
