import type { Database } from "./database.ts";
import { AppError } from "./errors.ts";
import { closeTurn } from "./finish-turn.ts";
import { mutate } from "./mutate.ts";
import type { ThreadScope } from "./scope.ts";
import { changeThread } from "./thread-change.ts";
import { waitingTurns } from "./turn-queue.ts";

/**
 * Interrupts what runs: its turn takes no further step, and the worker ends its stream or command within moments. A
 * turn that no worker has begun ends at once. Whatever waits behind it is held from now on, because who stops the agent
 * wants it to stand still: the next prompt sent runs first, and `releaseQueued` lets the held ones go on. Interrupting
 * twice does no more than once.
 * @throws NOT_RUNNING
 */
export async function interruptTurn(scope: ThreadScope): Promise<void> {
  const entry = (turnId: string | null) => ({
    action: "turn.interrupt",
    resource: { type: "thread", id: scope.threadId },
    detail: { turnId },
  });
  await mutate(scope, entry, (tx, after) =>
    changeThread(tx, after, scope.threadId, async (change) => {
      const open = await tx.turn.findMany({
        where: { threadId: scope.threadId, status: { in: ["running", "queued"] } },
        orderBy: { number: "asc" },
      });
      if (open.length === 0) throw new AppError("NOT_RUNNING");
      change.set({ turnsVersion: { increment: 1 } });
      after({ k: "workspace", w: scope.workspaceId });
      const waiting = (await waitingTurns(tx, scope.threadId)).map(({ id }) => id);
      await tx.turn.updateMany({ where: { id: { in: waiting } }, data: { status: "held" } });
      const turn = open.find(({ id }) => !waiting.includes(id));
      if (!turn) {
        change.set({ status: "idle" });
        return null;
      }
      if (turn.interruptedAt) return turn.id;
      const interrupted = await tx.turn.update({
        where: { id: turn.id },
        data: { interruptedAt: new Date(), interruptedById: scope.principal.userId },
      });
      if (turn.status === "queued") await closeTurn(tx, change, interrupted, { status: "failed", code: "INTERRUPTED" });
      return turn.id;
    }),
  );
}

/** Which of these turns somebody has interrupted. */
export async function interruptedAmong(db: Database, turnIds: readonly string[]): Promise<string[]> {
  const rows = await db.prisma.turn.findMany({
    where: { id: { in: [...turnIds] }, interruptedAt: { not: null } },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
