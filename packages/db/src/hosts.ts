import type { Database } from "./database.ts";
import { AppError } from "./errors.ts";
import { transact } from "./mutate.ts";
import { changeThread, type HostFence } from "./thread-change.ts";

export const hostLeaseMs = 15_000;

const leaseEnd = () => new Date(Date.now() + hostLeaseMs);

/** A worker starts on a host: its epoch fences off whatever ran there before. */
export async function startHost(db: Database, hostId: string): Promise<HostFence> {
  const host = await db.prisma.host.upsert({
    where: { id: hostId },
    create: { id: hostId, epoch: 1, leaseExpiresAt: leaseEnd() },
    update: { epoch: { increment: 1 }, leaseExpiresAt: leaseEnd() },
  });
  return { hostId, epoch: host.epoch };
}

/** Extends the lease. @returns false when another worker has taken over: stop at once */
export async function renewHost(db: Database, fence: HostFence): Promise<boolean> {
  const renewed = await db.prisma.host.updateMany({
    where: { id: fence.hostId, epoch: fence.epoch },
    data: { leaseExpiresAt: leaseEnd() },
  });
  return renewed.count === 1;
}

/** The host that keeps the thread's worktree; chosen once among the live ones, the one with the fewest threads first. */
export async function placeThread(db: Database, threadId: string): Promise<string> {
  return transact(db, (tx, after) =>
    changeThread(tx, after, threadId, async (change) => {
      if (change.thread.hostId) return change.thread.hostId;
      const hostId = await liveHost(tx);
      change.set({ hostId });
      return hostId;
    }),
  );
}

/**
 * Frees a thread from a host that has not taken its work for a while, if that host's lease has expired and another one
 * lives: busy is not dead. The dead host's epoch rises with it, so that it writes nothing should it come back.
 */
export async function leaveHost(
  db: Database,
  { threadId, hostId }: { threadId: string; hostId: string },
): Promise<void> {
  await transact(db, (tx, after) =>
    changeThread(tx, after, threadId, async (change) => {
      if (change.thread.hostId !== hostId) return;
      const fenced = await tx.host.updateMany({
        where: { id: hostId, leaseExpiresAt: { lt: new Date() } },
        data: { epoch: { increment: 1 } },
      });
      const others = await tx.host.count({ where: { id: { not: hostId }, leaseExpiresAt: { gt: new Date() } } });
      if (fenced.count === 1 && others > 0) change.set({ hostId: null });
    }),
  );
}

/** Any live host, for work on a project's store. @throws UNAVAILABLE when no worker runs */
export async function liveHost(db: Pick<Database["prisma"], "host">): Promise<string> {
  const host = await db.host.findFirst({
    where: { leaseExpiresAt: { gt: new Date() } },
    orderBy: [{ threads: { _count: "asc" } }, { id: "asc" }],
    select: { id: true },
  });
  if (!host)
    throw new AppError("UNAVAILABLE", { message: "No worker is running. The thread starts as soon as one is." });
  return host.id;
}
