import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import { newId } from "./ids.ts";
import { resolveModel } from "./models.ts";
import { mutate } from "./mutate.ts";
import { assertThreadOpen } from "./open-thread.ts";
import type { Principal, ThreadScope } from "./scope.ts";
import { cleanText } from "./text.ts";
import { changeThread, type ThreadChange } from "./thread-change.ts";
import type { SendTurnInput, TurnView } from "./threads.schema.ts";
import { arrange, waitingTurns } from "./turn-queue.ts";

/**
 * Sends a prompt: it runs at once when no turn does, ahead of prompts that are held. While one runs it waits for its
 * end or, with mode `steer`, is taken in at its next step (and runs next, should the turn end before).
 * @throws MODEL_NOT_FOUND, THREAD_ARCHIVED
 */
export async function sendTurn(scope: ThreadScope, input: SendTurnInput): Promise<{ turnId: string }> {
  const thread = await scope.db.prisma.thread.findUniqueOrThrow({ where: { id: scope.threadId } });
  const model = input.model ? await resolveModel(scope, input.model) : thread.model;
  const mode = input.mode ?? "queue";
  const resource = { type: "thread", id: scope.threadId };
  return mutate(scope, { action: "turn.send", resource, detail: { model, mode } }, (tx, after) =>
    changeThread(tx, after, scope.threadId, async (change) => {
      await assertThreadOpen(tx, change.thread);
      change.set({ model });
      after({ k: "workspace", w: scope.workspaceId });
      return { turnId: await queueTurn(tx, change, scope.principal, { prompt: input.prompt, model, mode }) };
    }),
  );
}

export type NewTurn = {
  prompt: string;
  model: string;
  mode?: "queue" | "steer";
  /** A checkpoint that the worktree is to be put back to before the first step. */
  restoreTo?: string | null;
};

/**
 * Within the caller's transaction: the turn's row and, if nothing is before it, its user message and the thread as
 * running. The prompt of a turn that waits becomes an item when its turn comes, so that it stands where it was heard.
 */
export async function queueTurn(
  tx: Tx,
  change: ThreadChange,
  principal: Principal,
  { prompt, model, mode = "queue", restoreTo = null }: NewTurn,
): Promise<string> {
  const threadId = change.thread.id;
  const last = await tx.turn.aggregate({ where: { threadId }, _max: { number: true } });
  const open = await tx.turn.count({ where: { threadId, status: { in: ["queued", "running"] } } });
  const waiting = await waitingTurns(tx, threadId);
  const turn = {
    id: newId(),
    threadId,
    number: (last._max.number ?? 0) + 1,
    prompt: cleanText(prompt),
    model,
    mode,
    restoreTo,
    senderId: principal.userId,
    tokenId: principal.via.type === "token" ? principal.via.tokenId : null,
    trace: principal.trace ?? null,
  };
  await tx.turn.create({ data: turn });
  const before = waiting.findLastIndex(
    (other) => other.status === "queued" && (mode === "queue" || other.mode === "steer"),
  );
  await arrange(tx, threadId, waiting.map(({ id }) => id).toSpliced(before + 1, 0, turn.id));
  if (open === 0) {
    await putPrompt(change, turn, principal.name);
    change.set({ status: "running" });
  }
  change.set({ turnsVersion: { increment: 1 } });
  return turn.id;
}

/** The prompt as an item of the conversation. @param into the turn and step that take it in, if not its own */
export async function putPrompt(
  change: ThreadChange,
  turn: { id: string; prompt: string; senderId: string },
  senderName: string,
  into = { turnId: turn.id, step: -1 },
): Promise<void> {
  await change.putItem({
    ...into,
    id: `${turn.id}/user`,
    type: "userMessage",
    status: "completed",
    data: { text: turn.prompt, author: { id: turn.senderId, name: senderName } },
  });
}

/** The turns of a thread, oldest first, then those that wait in the order in which they will run. */
export async function listTurns(scope: ThreadScope): Promise<TurnView[]> {
  const { prisma } = scope.db;
  const turns = await prisma.turn.findMany({ where: { threadId: scope.threadId }, orderBy: { number: "asc" } });
  const ids = new Set(
    turns.flatMap((turn) => [turn.senderId, ...(turn.interruptedById ? [turn.interruptedById] : [])]),
  );
  const users = await prisma.user.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } });
  const names = new Map(users.map((user) => [user.id, user.name]));
  const person = (id: string) => ({ id, name: names.get(id) ?? "Former member" });
  const waiting = new Set((await waitingTurns(prisma, scope.threadId)).map(({ id }) => id));
  const atRest = turns.every(({ status }) => status !== "running" && status !== "queued");
  const last = turns.findLast(({ status }) => ["completed", "failed", "interrupted"].includes(status));
  return turns.map((turn) => ({
    id: turn.id,
    number: turn.number,
    status: turn.status,
    waiting: waiting.has(turn.id),
    retryable: atRest && turn === last && turn.status !== "completed",
    mode: turn.mode,
    prompt: turn.prompt,
    model: turn.model,
    sender: person(turn.senderId),
    createdAt: turn.createdAt,
    startedAt: turn.startedAt,
    finishedAt: turn.finishedAt,
    interruptedAt: turn.interruptedAt,
    interruptedBy: turn.interruptedById === null ? null : person(turn.interruptedById),
    intoTurnId: turn.intoTurnId,
    retries: turn.retries,
    changed: turn.endCheckpoint !== turn.startCheckpoint,
  }));
}
/** Between which commits the changes of the thread, or of one of its turns, lie; `null` before the worktree exists. */
export async function diffRange(
  scope: ThreadScope,
  turnId: string | undefined,
): Promise<{ projectId: string; from: string; to: string } | null> {
  const { prisma } = scope.db;
  const thread = await prisma.thread.findUniqueOrThrow({ where: { id: scope.threadId } });
  if (turnId === undefined) {
    if (!thread.baseCommit) return null;
    return { projectId: thread.projectId, from: thread.baseCommit, to: thread.lastCheckpoint ?? thread.baseCommit };
  }
  const turn = await prisma.turn.findFirst({ where: { id: turnId, threadId: scope.threadId } });
  if (!turn) throw new AppError("NOT_FOUND");
  if (!turn.startCheckpoint) return null;
  return { projectId: thread.projectId, from: turn.startCheckpoint, to: turn.endCheckpoint ?? turn.startCheckpoint };
}
