import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import { newId } from "./ids.ts";
import { resolveModel } from "./models.ts";
import { mutate } from "./mutate.ts";
import type { Principal, ThreadScope } from "./scope.ts";
import { cleanText } from "./text.ts";
import { changeThread, type ThreadChange } from "./thread-change.ts";
import type { SendTurnInput, TurnView } from "./threads.schema.ts";

/** Queues a follow-up; it runs at once when the thread is idle. @throws MODEL_NOT_FOUND, THREAD_BUSY when archived */
export async function sendTurn(scope: ThreadScope, input: SendTurnInput): Promise<{ turnId: string }> {
  const thread = await scope.db.prisma.thread.findUniqueOrThrow({ where: { id: scope.threadId } });
  const model = input.model ? await resolveModel(scope, input.model) : thread.model;
  const resource = { type: "thread", id: scope.threadId };
  return mutate(scope, { action: "turn.send", resource, detail: { model } }, (tx, after) =>
    changeThread(tx, after, scope.threadId, async (change) => {
      if (change.thread.status === "archived") {
        throw new AppError("THREAD_BUSY", { message: "The thread is archived. Restore it first." });
      }
      change.set({ model });
      after({ k: "workspace", w: scope.workspaceId });
      return { turnId: await queueTurn(tx, change, scope.principal, { prompt: input.prompt, model }) };
    }),
  );
}

/** Within the caller's transaction: the turn's row, its user message, and the thread as running. */
export async function queueTurn(
  tx: Tx,
  change: ThreadChange,
  principal: Principal,
  input: { prompt: string; model: string },
): Promise<string> {
  const last = await tx.turn.aggregate({ where: { threadId: change.thread.id }, _max: { number: true } });
  const id = newId();
  const prompt = cleanText(input.prompt);
  await tx.turn.create({
    data: {
      id,
      threadId: change.thread.id,
      number: (last._max.number ?? 0) + 1,
      prompt,
      model: input.model,
      senderId: principal.userId,
      tokenId: principal.via.type === "token" ? principal.via.tokenId : null,
      trace: principal.trace ?? null,
    },
  });
  await change.putItem({
    id: `${id}/user`,
    turnId: id,
    step: -1,
    type: "userMessage",
    status: "completed",
    data: { text: prompt, author: { id: principal.userId, name: principal.name } },
  });
  change.set({ status: "running" });
  return id;
}

/** The turns of a thread, oldest first. */
export async function listTurns(scope: ThreadScope): Promise<TurnView[]> {
  const turns = await scope.db.prisma.turn.findMany({
    where: { threadId: scope.threadId },
    orderBy: { number: "asc" },
  });
  const users = await scope.db.prisma.user.findMany({
    where: { id: { in: [...new Set(turns.map((turn) => turn.senderId))] } },
    select: { id: true, name: true },
  });
  const names = new Map(users.map((user) => [user.id, user.name]));
  return turns.map((turn) => ({
    id: turn.id,
    number: turn.number,
    status: turn.status,
    mode: turn.mode,
    prompt: turn.prompt,
    model: turn.model,
    sender: { id: turn.senderId, name: names.get(turn.senderId) ?? "Former member" },
    createdAt: turn.createdAt,
    startedAt: turn.startedAt,
    finishedAt: turn.finishedAt,
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
