import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import { type ItemStatus, type ItemType, Prisma, type ThreadStatus } from "./generated/client.ts";
import { settleInbox } from "./inbox-settle.ts";
import type { After } from "./mutate.ts";
import { cleanJson } from "./text.ts";

/**
 * Identity of a worker process on a host; stale once the host's worker has started again, another host has taken over
 * from a dead one, or the thread has moved. `anywhere`: of a step that any worker may do, wherever the thread is.
 */
export type HostFence = { hostId: string; epoch: number; anywhere?: true };

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
    if (inboxCauses.some((column) => column in changes)) await settleInbox(tx, after, thread);
  }
  return result;
}

/** What inbox items of a thread depend on. */
const inboxCauses = ["status", "setupStatus", "turnsVersion"] as const;

/** The thread is locked, so whoever takes it over waits for this write or this write sees the new epoch. */
async function checkFence(tx: Tx, thread: LockedThread, fence: HostFence): Promise<void> {
  const host = await tx.host.findUnique({ where: { id: fence.hostId }, select: { epoch: true } });
  const here = fence.anywhere || thread.hostId === fence.hostId;
  if (!here || host?.epoch !== fence.epoch) throw new AppError("FENCED");
}

/** The same as a condition of one statement, for what is written often and changes no `seq`: a query with a row if it may be. */
export function fencedThread(threadId: string, fence: HostFence | undefined): Prisma.Sql {
  if (!fence) return Prisma.sql`SELECT 1 FROM "Thread" WHERE "id" = ${threadId}`;
  return Prisma.sql`
    SELECT 1 FROM "Thread" JOIN "Host" ON "Host"."id" = ${fence.hostId} AND "Host"."epoch" = ${fence.epoch}
    WHERE "Thread"."id" = ${threadId} AND (${fence.anywhere === true} OR "Thread"."hostId" = "Host"."id")`;
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
