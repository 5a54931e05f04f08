import type { Database, Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { Turn } from "./generated/client.ts";
import { resolveModel } from "./models.ts";
import { auditDenied, mutate } from "./mutate.ts";
import { assertThreadOpen } from "./open-thread.ts";
import { projectAllows } from "./permissions.ts";
import type { ThreadScope } from "./scope.ts";
import { cleanText } from "./text.ts";
import { changeThread, type ThreadChange } from "./thread-change.ts";
import type { EditQueuedInput, MoveQueuedInput } from "./turns.schema.ts";

type Waiting = Pick<Turn, "id" | "status" | "mode" | "senderId">;

/** Turns that nobody has begun and whose prompt is not in the conversation yet, in the order in which they will run. */
export async function waitingTurns(db: Tx | Database["prisma"], threadId: string): Promise<Waiting[]> {
  const turns = await db.turn.findMany({
    where: { threadId, status: { in: ["queued", "held"] } },
    orderBy: { number: "asc" },
    select: { id: true, status: true, mode: true, senderId: true },
  });
  if (turns.length === 0) return [];
  const begun = await db.item.findMany({
    where: { id: { in: turns.map(({ id }) => `${id}/user`) } },
    select: { id: true },
  });
  const ids = new Set(begun.map(({ id }) => id));
  return turns.filter(({ id }) => !ids.has(`${id}/user`));
}

/** Numbers waiting turns anew, in this order, behind all that have begun. */
export async function arrange(tx: Tx, threadId: string, ids: readonly string[]): Promise<void> {
  const turns = await tx.turn.findMany({ where: { threadId }, select: { id: true, number: true } });
  const waiting = new Set(ids);
  const numbers = new Map(turns.map(({ id, number }) => [id, number]));
  const first = Math.max(0, ...turns.filter(({ id }) => !waiting.has(id)).map(({ number }) => number)) + 1;
  const moved = ids.flatMap((id, index) => (numbers.get(id) === first + index ? [] : [{ id, number: first + index }]));
  // A thread has each number once at any moment.
  for (const { id, number } of moved) await tx.turn.update({ where: { id }, data: { number: -number } });
  for (const { id, number } of moved) await tx.turn.update({ where: { id }, data: { number } });
}

/**
 * Changes a prompt that waits, its model, or whether it waits for the turn's end. Only who sent it may: it is shown
 * under that person's name.
 * @throws NOT_FOUND, NOT_QUEUED once it has begun, FORBIDDEN for another's, BAD_INPUT without a change, MODEL_NOT_FOUND
 */
export async function editQueued(scope: ThreadScope, { turnId, prompt, model, mode }: EditQueuedInput): Promise<void> {
  if (prompt === undefined && model === undefined && mode === undefined) {
    throw new AppError("BAD_INPUT", { message: "Say what to change: the prompt, the model or the mode." });
  }
  const resolved = model === undefined ? undefined : await resolveModel(scope, model);
  await changeQueue(scope, "turn.edit", turnId, async (tx, _change, turn) => {
    if (turn.senderId !== scope.principal.userId) {
      throw new AppError("FORBIDDEN", { message: "Only who sent the prompt may change it." });
    }
    const text = prompt === undefined ? undefined : cleanText(prompt);
    await tx.turn.update({ where: { id: turnId }, data: { prompt: text, model: resolved, mode } });
  });
}

/**
 * Puts a waiting prompt before another one, or at the end. One's own; anybody's for maintainers and admins.
 * @throws NOT_FOUND, NOT_QUEUED once one of the two has begun, FORBIDDEN
 */
export async function moveQueued(scope: ThreadScope, { turnId, before }: MoveQueuedInput): Promise<void> {
  await changeQueue(scope, "turn.move", turnId, async (tx, _change, turn) => {
    ownOrManaged(scope, turn);
    if (before === turnId) return;
    if (before !== null) await findWaiting(tx, scope.threadId, before);
    const others = (await waitingTurns(tx, scope.threadId)).map(({ id }) => id).filter((id) => id !== turnId);
    const at = before === null ? others.length : others.indexOf(before);
    await arrange(tx, scope.threadId, others.toSpliced(at, 0, turnId));
  });
}

/**
 * Takes a waiting prompt back, for good. One's own; anybody's for maintainers and admins.
 * @throws NOT_FOUND, NOT_QUEUED once it has begun, FORBIDDEN
 */
export async function removeQueued(scope: ThreadScope, { turnId }: { turnId: string }): Promise<void> {
  await changeQueue(scope, "turn.remove", turnId, async (tx, change, turn) => {
    ownOrManaged(scope, turn);
    await tx.turn.delete({ where: { id: turnId } });
    const open = await tx.turn.count({
      where: { threadId: scope.threadId, status: { in: ["queued", "running"] } },
    });
    if (open === 0 && change.thread.status === "running") change.set({ status: "idle" });
  });
}

/** Lets the prompts run that an interrupt has held, in their order. Nothing happens where none is. @throws THREAD_ARCHIVED */
export async function releaseQueued(scope: ThreadScope): Promise<void> {
  const entry = (released: number) => ({
    action: "turn.release",
    resource: { type: "thread", id: scope.threadId },
    detail: { released },
  });
  await mutate(scope, entry, (tx, after) =>
    changeThread(tx, after, scope.threadId, async (change) => {
      await assertThreadOpen(tx, change.thread);
      const where = { threadId: scope.threadId, status: "held" as const };
      const { count } = await tx.turn.updateMany({ where, data: { status: "queued" } });
      if (count === 0) return 0;
      change.set({
        turnsVersion: { increment: 1 },
        ...(change.thread.status === "waiting" ? {} : { status: "running" }),
      });
      after({ k: "workspace", w: scope.workspaceId });
      return count;
    }),
  );
}

/** One audited change of a waiting turn; that it was refused is audited, too. */
async function changeQueue(
  scope: ThreadScope,
  action: string,
  turnId: string,
  write: (tx: Tx, change: ThreadChange, turn: Waiting) => Promise<void>,
): Promise<void> {
  const entry = { action, resource: { type: "thread", id: scope.threadId }, detail: { turnId } };
  const written = mutate(scope, entry, (tx, after) =>
    changeThread(tx, after, scope.threadId, async (change) => {
      await write(tx, change, await findWaiting(tx, scope.threadId, turnId));
      change.set({ turnsVersion: { increment: 1 } });
      after({ k: "workspace", w: scope.workspaceId });
    }),
  );
  await written.catch(async (error) => {
    if (error instanceof AppError && error.code === "FORBIDDEN") await auditDenied(scope, entry);
    throw error;
  });
}

async function findWaiting(tx: Tx, threadId: string, turnId: string): Promise<Waiting> {
  const turn = (await waitingTurns(tx, threadId)).find(({ id }) => id === turnId);
  if (turn) return turn;
  throw new AppError((await tx.turn.count({ where: { id: turnId, threadId } })) > 0 ? "NOT_QUEUED" : "NOT_FOUND");
}

function ownOrManaged(scope: ThreadScope, turn: Waiting): void {
  if (turn.senderId === scope.principal.userId) return;
  if (projectAllows(scope.role, scope.standing, "project.manage")) return;
  throw new AppError("FORBIDDEN", { message: "Only who sent the prompt, a maintainer or an admin may do this." });
}
