import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { LockedThread } from "./thread-change.ts";

const under = {
  archive: "The thread is being archived.",
  restore: "The thread is being restored. Try again in a moment.",
  remove: "The thread is being deleted.",
} as const;

/**
 * Before anything that makes a thread work: prompts, commits, setup, a dev server.
 * @throws THREAD_ARCHIVED; THREAD_BUSY while the thread is being archived, restored or deleted
 */
export async function assertThreadOpen(tx: Tx, thread: Pick<LockedThread, "id" | "status">): Promise<void> {
  await assertNotUnder(tx, thread.id, ["archive", "restore", "remove"]);
  if (thread.status === "archived") throw new AppError("THREAD_ARCHIVED");
}

/** @throws THREAD_BUSY while a job of one of these kinds waits or runs */
export async function assertNotUnder(tx: Tx, threadId: string, kinds: (keyof typeof under)[]): Promise<void> {
  const job = await tx.threadJob.findFirst({ where: { threadId, status: "pending", kind: { in: kinds } } });
  if (job) throw new AppError("THREAD_BUSY", { message: under[job.kind as keyof typeof under] });
}

/** @throws THREAD_BUSY while a turn runs, waits for a person, or is about to run */
export async function assertNoTurn(tx: Tx, threadId: string): Promise<void> {
  const open = await tx.turn.count({ where: { threadId, status: { in: ["queued", "running"] } } });
  if (open === 0) return;
  throw new AppError("THREAD_BUSY", {
    message: "The thread is working. Interrupt it, or wait until its turn has ended.",
  });
}
