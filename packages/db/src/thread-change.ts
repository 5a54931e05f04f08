import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { ItemStatus, ItemType, Prisma, ThreadStatus } from "./generated/client.ts";
import type { After } from "./mutate.ts";
import { cleanJson } from "./text.ts";

/** Identity of a worker process on a host; stale once the host's worker has started again or the thread has moved. */
export type HostFence = { hostId: string; epoch: number };

export type ItemWrite = {
  id: string;
  turnId: string;
  step: number;
  type: ItemType;
  status: ItemStatus;
  data: Prisma.InputJsonValue;
  model?: Prisma.InputJsonValue;
};

/** A thread's row, locked, with the means to change it; every change takes the next `seq`. */
export type ThreadChange = {
  readonly thread: LockedThread;
  /** Inserts the item or replaces what changed of it. Ids are deterministic, so a repeated write does no harm. */
  putItem(item: ItemWrite): Promise<void>;
  set(data: Prisma.ThreadUncheckedUpdateInput): void;
};

export type LockedThread = {
  id: string;
  workspaceId: string;
  projectId: string;
  status: ThreadStatus;
  seq: number;
  hostId: string | null;
};

/**
 * Locks a thread, lets `write` change it and its items, and stores the new `seq` in the same transaction.
 * @throws NOT_FOUND when it is gone, FENCED when `fence` is no longer the thread's host and worker
 */
export async function changeThread<T>(
  tx: Tx,
  after: After,
  threadId: string,
  write: (change: ThreadChange) => Promise<T>,
  fence?: HostFence,
): Promise<T> {
  const [thread] = await tx.$queryRaw<LockedThread[]>`
    SELECT "id", "workspaceId", "projectId", "status"::text AS "status", "seq", "hostId"
    FROM "Thread" WHERE "id" = ${threadId} FOR UPDATE`;
  if (!thread) throw new AppError("NOT_FOUND");
  if (fence) await checkFence(tx, thread, fence);

  let seq = thread.seq;
  let changes: Prisma.ThreadUncheckedUpdateInput = {};
  const result = await write({
    thread,
    async putItem(item) {
      seq += 1;
      await putItem(tx, threadId, seq, item);
    },
    set(data) {
      changes = { ...changes, ...data };
    },
  });
  if (seq === thread.seq && Object.keys(changes).length > 0) seq += 1;
  if (seq > thread.seq) {
    await tx.thread.update({ where: { id: threadId }, data: { ...changes, seq, updatedAt: new Date() } });
    after({ k: "thread", w: thread.workspaceId, t: threadId, seq });
  }
  return result;
}

async function checkFence(tx: Tx, thread: LockedThread, fence: HostFence): Promise<void> {
  const [host] = await tx.$queryRaw<{ epoch: number }[]>`
    SELECT "epoch" FROM "Host" WHERE "id" = ${fence.hostId} FOR SHARE`;
  if (thread.hostId !== fence.hostId || host?.epoch !== fence.epoch) throw new AppError("FENCED");
}

async function putItem(tx: Tx, threadId: string, seq: number, item: ItemWrite): Promise<void> {
  const data = cleanJson(item.data);
  const model = item.model === undefined ? {} : { model: cleanJson(item.model) };
  const completedAt = item.status === "running" ? null : new Date();
  const { id, turnId, step, type, status } = item;
  await tx.item.upsert({
    where: { id },
    create: { id, threadId, turnId, step, position: seq, seq, type, status, data, ...model, completedAt },
    update: { seq, type, status, data, ...model, completedAt },
  });
}
