import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { LockedThread } from "./thread-change.ts";

const under = {
  archive: "The thread is being archived.",
  restore: "The thread is being restored. Try again in a moment.",
  remove: "The thread is being deleted.",
} as const;
type Kind = keyof typeof under;
const closing: Kind[] = ["archive", "restore", "remove"];

/**
 * Before anything that makes a thread work: prompts, commits, setup, a dev server.
 * @throws THREAD_ARCHIVED; THREAD_BUSY while the thread is being archived, restored or deleted
 */
export async function assertThreadOpen(tx: Tx, thread: Pick<LockedThread, "id" | "status">): Promise<void> {
  await assertNotUnder(tx, thread.id, closing);
  if (thread.status === "archived") throw new AppError("THREAD_ARCHIVED");
}

/** The same as a question. */
export async function isThreadOpen(tx: Tx, thread: Pick<LockedThread, "id" | "status">): Promise<boolean> {
  return thread.status !== "archived" && (await jobUnder(tx, thread.id, closing)) === null;
}

/** @throws THREAD_BUSY while a job of one of these kinds waits or runs */
export async function assertNotUnder(tx: Tx, threadId: string, kinds: Kind[]): Promise<void> {
  const job = await jobUnder(tx, threadId, kinds);
  if (job) throw new AppError("THREAD_BUSY", { message: under[job.kind as Kind] });
}

async function jobUnder(tx: Tx, threadId: string, kinds: Kind[]) {
  return tx.threadJob.findFirst({ where: { threadId, status: "pending", kind: { in: kinds } } });
}

/** @throws THREAD_BUSY while a turn runs, waits for a person, or is about to run */
export async function assertNoTurn(tx: Tx, threadId: string): Promise<void> {
  const open = await tx.turn.count({ where: { threadId, status: { in: ["queued", "running"] } } });
  if (open === 0) return;
  throw new AppError("THREAD_BUSY", {
    message: "The thread is working. Interrupt it, or wait until its turn has ended.",
  });
}
