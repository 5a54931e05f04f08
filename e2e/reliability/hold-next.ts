import type { RowLock } from "./database.ts";
import type { Stage } from "./stage.ts";

type Holder = { release(): Promise<void> | void };

export const threadLock = `SELECT FROM "Thread" WHERE id = $1 FOR UPDATE`;

/**
 * Lets go of what holds up a transaction that has the thread's row, and has the row itself as soon as that one ends: the
 * next transaction of the thread is held up before it begins.
 */
export async function holdNext(stage: Stage, threadId: string, before: Holder): Promise<RowLock> {
  const next = await stage.rows.askFor(threadLock, [threadId]);
  await next.waits();
  await before.release();
  await next.held;
  await next.blocks();
  return next;
}
