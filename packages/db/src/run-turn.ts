import type { Database } from "./database.ts";
import { AppError, errorTable, isErrorCode } from "./errors.ts";
import type { JobKind } from "./generated/client.ts";
import { mutate, transact } from "./mutate.ts";
import { progress, type TurnScope } from "./run-scope.ts";
import { cleanText } from "./text.ts";
import { changeThread } from "./thread-change.ts";

export type Claim = { kind: "turn"; turnId: string; step: number } | { kind: "job"; jobId: string; job: JobKind };

/**
 * What the thread's workflow does next: the turn under way (with the step to go on at), else the oldest pending job,
 * else the oldest queued turn, else nothing. A job is only taken on while no turn waits, so it is older than any queued
 * turn: a commit holds what its author saw. Claiming again after a crash gives the same answer.
 */
export async function claimNext(db: Database, threadId: string): Promise<Claim | null> {
  return transact(db, (tx, after) =>
    changeThread(tx, after, threadId, async (change) => {
      const open = await tx.turn.findMany({
        where: { threadId, status: { in: ["running", "queued"] } },
        orderBy: { number: "asc" },
      });
      const job = await tx.threadJob.findFirst({
        where: { threadId, status: "pending" },
        orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      });
      const running = open.find(({ status }) => status === "running");
      const turn = running ?? (job ? undefined : open[0]);
      if (turn) {
        if (!running) {
          const thread = await tx.thread.findUniqueOrThrow({ where: { id: threadId } });
          const startCheckpoint = thread.lastCheckpoint ?? thread.baseCommit;
          await tx.turn.update({
            where: { id: turn.id },
            data: { status: "running", startedAt: new Date(), startCheckpoint, endCheckpoint: startCheckpoint },
          });
          change.set({ status: "running" });
        }
        const steps = await tx.modelStep.aggregate({ where: { turnId: turn.id }, _max: { index: true } });
        return { kind: "turn", turnId: turn.id, step: steps._max.index ?? 0 };
      }
      return job ? { kind: "job", jobId: job.id, job: job.kind } : null;
    }),
  );
}

/** Threads with a turn or job that has not ended: what a reconciler pokes. */
export async function unfinishedThreads(db: Database): Promise<string[]> {
  const rows = await db.prisma.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT "threadId" AS "id" FROM "Turn" WHERE "status" IN ('queued', 'running')
    UNION SELECT DISTINCT "threadId" FROM "ThreadJob" WHERE "status" = 'pending'`;
  return rows.map((row) => row.id);
}

/** Sorts a closing item behind every step of its turn. */
const lastStep = 1_000_000;

export type TurnEnd = { status: "completed" } | { status: "failed"; code: string };

/** Remembers why the turn is about to fail, in words for people; the workflow itself carries only codes. */
export async function noteFailure(scope: TurnScope, failure: { code: string; message: string }): Promise<void> {
  await scope.db.prisma.turn.updateMany({
    where: { id: scope.turnId, status: "running" },
    data: { errorCode: failure.code, errorMessage: cleanText(failure.message) },
  });
}

/**
 * Ends a turn, once: items that never ran are marked so, a failure becomes an error item, and the thread becomes idle,
 * failed, or stays running for the next queued turn. Takes the thread's id, because the sender may have lost all rights.
 * @throws FENCED when another call has ended it meanwhile
 */
export async function finishTurn(db: Database, threadId: string, turnId: string, end: TurnEnd): Promise<void> {
  const turn = await db.prisma.turn.findUniqueOrThrow({ where: { id: turnId }, include: { thread: true } });
  if (turn.status !== "running") return;
  const sender = await db.prisma.user.findUnique({ where: { id: turn.senderId } });
  const actor = {
    userId: turn.senderId,
    name: sender?.name ?? "Former member",
    kind: sender?.kind ?? ("human" as const),
    via: "worker",
    ip: null,
  };
  const entry = {
    action: "turn.end",
    resource: { type: "thread", id: threadId },
    outcome: end.status === "failed" ? ("failed" as const) : ("ok" as const),
    detail: { turnId, ...(end.status === "failed" ? { code: end.code } : {}) },
  };
  await mutate({ db, workspaceId: turn.thread.workspaceId, actor }, entry, async (tx, after) => {
    await changeThread(tx, after, threadId, async (change) => {
      const errorCode = end.status === "failed" ? end.code : null;
      const ended = await tx.turn.updateMany({
        where: { id: turnId, status: "running" },
        data: { status: end.status, finishedAt: new Date(), errorCode },
      });
      if (ended.count === 0) throw new AppError("FENCED");
      const open = await tx.item.findMany({ where: { turnId, status: "running" }, orderBy: { position: "asc" } });
      for (const item of open) {
        await change.putItem({ ...item, status: "interrupted", data: item.data ?? {}, model: item.model ?? {} });
      }
      if (end.status === "failed") {
        const known = errorTable[isErrorCode(end.code) ? end.code : "INTERNAL"];
        const message = turn.errorCode === end.code && turn.errorMessage ? turn.errorMessage : known.message;
        await change.putItem({
          id: `${turnId}/error`,
          turnId,
          step: lastStep,
          type: "error",
          status: "failed",
          data: { code: end.code, message, retryable: known.retryable },
        });
      }
      const queued = await tx.turn.count({ where: { threadId, status: "queued" } });
      change.set({ status: queued > 0 ? "running" : end.status === "failed" ? "failed" : "idle" });
    });
    after({ k: "workspace", w: turn.thread.workspaceId });
  });
}

/** A checkpoint and what it changes against the base; the newest of its turn. */
export async function recordCheckpoint(
  scope: TurnScope,
  checkpoint: { commit: string; files: number; additions: number; deletions: number },
): Promise<void> {
  await progress(scope, async (tx, change, after) => {
    await tx.turn.update({ where: { id: scope.turnId }, data: { endCheckpoint: checkpoint.commit } });
    change.set({
      lastCheckpoint: checkpoint.commit,
      filesModified: checkpoint.files,
      additions: checkpoint.additions,
      deletions: checkpoint.deletions,
    });
    after({ k: "workspace", w: scope.workspaceId });
  });
}

/** The base of a thread, fixed at its first turn; the turn's diff starts there. */
export async function recordBase(
  scope: TurnScope,
  base: { baseRef: string; baseCommit: string; instructions: string | null },
): Promise<void> {
  await progress(scope, async (tx, change) => {
    await tx.turn.updateMany({
      where: { id: scope.turnId, startCheckpoint: null },
      data: { startCheckpoint: base.baseCommit, endCheckpoint: base.baseCommit },
    });
    change.set({ ...base, instructions: base.instructions === null ? null : cleanText(base.instructions) });
  });
}

/** The model's title, unless a person or an earlier turn has given one. */
export async function recordTitle(scope: TurnScope, title: string): Promise<void> {
  await progress(scope, async (tx, change, after) => {
    const thread = await tx.thread.findUniqueOrThrow({ where: { id: scope.threadId } });
    if (thread.titled) return;
    change.set({ title, titled: true });
    after({ k: "workspace", w: scope.workspaceId });
  });
}

/** All that the next model request is made of, besides the history. */
export async function loadTurn(scope: TurnScope) {
  const turn = await scope.db.prisma.turn.findUniqueOrThrow({
    where: { id: scope.turnId },
    include: { thread: { include: { project: true } } },
  });
  const used = await scope.db.prisma.usageRecord.aggregate({
    where: { turnId: scope.turnId },
    _sum: { inputTokens: true, outputTokens: true },
  });
  return {
    turn: { number: turn.number, prompt: turn.prompt, model: turn.model, startedAt: turn.startedAt ?? turn.createdAt },
    thread: turn.thread,
    project: turn.thread.project,
    usedTokens: (used._sum.inputTokens ?? 0) + (used._sum.outputTokens ?? 0),
  };
}
