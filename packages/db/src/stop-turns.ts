import type { Tx } from "./database.ts";
import { closeTurn } from "./finish-turn.ts";
import type { After } from "./mutate.ts";
import { changeThread } from "./thread-change.ts";
import { threadPeople } from "./thread-people.ts";
import { waitingTurns } from "./turn-queue.ts";

type Stop = { workspaceId: string; senderId: string; byId: string };
/** @property reason said to people, after who stopped the turn */
type StopInThread = { senderId: string; byId: string; reason?: string };

/**
 * Within the caller's transaction: stops whatever one sender has under way in a workspace, as an interrupt does. The
 * sender's waiting prompts are taken back; those of others go on.
 * @returns the threads, whose workflows are to be poked, and how many turns were stopped
 */
export async function stopTurns(tx: Tx, after: After, stop: Stop): Promise<{ threadIds: string[]; turns: number }> {
  const { workspaceId, senderId, byId } = stop;
  const found = await tx.turn.findMany({
    where: { senderId, status: { in: ["running", "queued", "held"] }, thread: { workspaceId } },
    select: { threadId: true },
    distinct: ["threadId"],
  });
  // Threads are locked in one order.
  const threadIds = found.map(({ threadId }) => threadId).sort();
  let turns = 0;
  for (const threadId of threadIds) turns += await stopInThread(tx, after, threadId, { senderId, byId });
  return { threadIds, turns };
}

/**
 * Within the caller's transaction, after a change of rights in a thread: stops what is under way there for senders who may
 * no longer steer it. A sender's rights that change elsewhere are found out at the turn's next step.
 * @returns how many turns were stopped
 */
export async function stopUnentitled(tx: Tx, after: After, threadId: string, byId: string): Promise<number> {
  const open = await tx.turn.findMany({
    where: { threadId, status: { in: ["running", "queued", "held"] } },
    select: { senderId: true },
    distinct: ["senderId"],
  });
  if (open.length === 0) return 0;
  const people = await threadPeople(tx, threadId);
  let turns = 0;
  for (const { senderId } of open) {
    const sender = people.find(({ id }) => id === senderId);
    if (sender?.may === "steer") continue;
    const reason = `${sender?.name ?? "Its sender"} may no longer steer this thread.`;
    turns += await stopInThread(tx, after, threadId, { senderId, byId, reason });
  }
  return turns;
}

function stopInThread(tx: Tx, after: After, threadId: string, { senderId, byId, reason }: StopInThread) {
  return changeThread(tx, after, threadId, async (change) => {
    const waiting = (await waitingTurns(tx, threadId)).filter((turn) => turn.senderId === senderId);
    const removed = await tx.turn.deleteMany({ where: { id: { in: waiting.map(({ id }) => id) } } });
    change.set({ turnsVersion: { increment: 1 } });
    const begun = await tx.turn.findFirst({
      where: { threadId, senderId, status: { in: ["running", "queued"] } },
      orderBy: { number: "asc" },
    });
    if (begun) {
      const data = { interruptedAt: new Date(), interruptedById: byId, errorMessage: reason };
      const interrupted = begun.interruptedAt ? begun : await tx.turn.update({ where: { id: begun.id }, data });
      if (begun.status === "queued")
        await closeTurn(tx, change, interrupted, { status: "failed", code: "INTERRUPTED" });
      return removed.count + 1;
    }
    const open = await tx.turn.count({ where: { threadId, status: { in: ["queued", "running"] } } });
    if (open === 0 && change.thread.status === "running") change.set({ status: "idle" });
    return removed.count;
  });
}
