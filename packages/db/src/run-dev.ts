import { databaseTime } from "./clock.ts";
import type { Database, Tx } from "./database.ts";
import type { ItemStatus, Prisma } from "./generated/client.ts";
import { isThreadOpen } from "./open-thread.ts";
import { progress } from "./run-scope.ts";
import type { HostFence, ThreadChange } from "./thread-change.ts";

/** A worker's part in dev servers: nobody's turn, so no sender's rights; who may start one was checked when it was asked for. */
export type DevScope = { db: Database; threadId: string; fence: HostFence };

export type DevOrders = {
  /** Asked for and not begun. */
  start: string[];
  /** Of those that run here: to be ended. */
  stop: string[];
  /** Begun by a worker that is no more, or on a host that the thread has left. */
  lost: string[];
};

/** How a dev server ended, and what its log says in the end beside what it says already. */
export type DevEnd = { status: "stopped" | "failed"; log: ItemStatus; data: Prisma.InputJsonObject };

const open = ["starting", "running", "stopping"] as const;

/** What this worker is to do about dev servers. @param running threads whose server runs in this process */
export async function devOrders(db: Database, fence: HostFence, running: readonly string[]): Promise<DevOrders> {
  const rows = await db.prisma.devServer.findMany({
    where: { status: { in: [...open] }, thread: { hostId: fence.hostId } },
    select: { threadId: true, status: true, hostId: true, epoch: true, thread: { select: { status: true } } },
  });
  const orders: DevOrders = { start: [], stop: [], lost: [] };
  const wanted = new Set<string>();
  for (const { threadId, status, hostId, epoch, thread } of rows) {
    const mine = hostId === fence.hostId && epoch === fence.epoch;
    if (mine && running.includes(threadId)) {
      if (status !== "stopping" && thread.status !== "archived") wanted.add(threadId);
    } else if (hostId === fence.hostId && epoch === null) orders.start.push(threadId);
    else if (!mine) orders.lost.push(threadId);
  }
  orders.stop = running.filter((threadId) => !wanted.has(threadId));
  return orders;
}

export type DevClaim = { itemId: string; command: string; projectId: string; data: Prisma.JsonObject };

/**
 * Takes a server on, once: its log is marked as started before the command runs. One that was asked for just before the
 * thread is to be archived or deleted does not begin: it would change the files meanwhile.
 * @returns null when it is not to run
 */
export async function claimDev(scope: DevScope): Promise<DevClaim | null> {
  return progress(scope, async (tx, change) => {
    const { hostId, epoch } = scope.fence;
    const where = { threadId: scope.threadId, status: "starting", hostId, epoch: null } as const;
    const waiting = await tx.devServer.findFirst({ where });
    if (waiting === null) return null;
    const { itemId, command } = waiting;
    if (!(await isThreadOpen(tx, change.thread))) {
      await closeDev(tx, change, itemId, neverBegun);
      return null;
    }
    await tx.devServer.update({ where: { threadId: scope.threadId }, data: { epoch } });
    const item = await tx.item.update({ where: { id: itemId }, data: { startedAt: await databaseTime(tx) } });
    return { itemId, command, projectId: change.thread.projectId, data: item.data as Prisma.JsonObject };
  });
}

/** Where it can be reached, and whether it answers there yet. */
export async function noteDev(scope: DevScope, itemId: string, news: { port: number } | "answers"): Promise<void> {
  await progress(scope, async (tx, change) => {
    const data = news === "answers" ? { status: "running" as const } : news;
    const { threadId } = scope;
    const noted = await tx.devServer.updateMany({ where: { threadId, itemId, status: "starting" }, data });
    if (noted.count > 0) change.set({ updatedAt: new Date() });
  });
}

/** It has ended. `failed`: by itself, and not well. */
export async function endDev(scope: DevScope, itemId: string, end: DevEnd): Promise<void> {
  await progress(scope, (tx, change) => closeDev(tx, change, itemId, end));
}

/** Closes what nobody goes on with: only a person starts a server again. */
export async function closeLostDev(scope: DevScope): Promise<void> {
  await progress(scope, async (tx, change) => {
    const { threadId, fence } = scope;
    const lost = await tx.devServer.findFirst({
      where: { threadId, status: { in: [...open] }, NOT: { hostId: fence.hostId, epoch: fence.epoch } },
    });
    if (!lost || (lost.hostId === fence.hostId && lost.epoch === null)) return;
    await closeDev(tx, change, lost.itemId, lostDev);
  });
}

export const neverBegun: DevEnd = {
  status: "stopped",
  log: "completed",
  data: { note: "Stopped before it began." },
};

export const lostDev: DevEnd = {
  status: "stopped",
  log: "interrupted",
  data: { note: "It ended with its worker. Start it again if you need it." },
};

/** Within the caller's transaction: the server is no more, and its log says how it ended. */
export async function closeDev(tx: Tx, change: ThreadChange, itemId: string, end: DevEnd): Promise<void> {
  const { status, log } = end;
  await tx.devServer.updateMany({ where: { threadId: change.thread.id, itemId }, data: { status, port: null } });
  const item = await tx.item.findUniqueOrThrow({ where: { id: itemId } });
  if (item.status !== "running") return;
  const data = { ...(item.data as Prisma.JsonObject), ...end.data } as Prisma.InputJsonObject;
  await change.putItem({ ...item, status: log, data, model: undefined });
}
