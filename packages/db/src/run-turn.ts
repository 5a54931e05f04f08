import { type PreparedPack, recordPack } from "./checkpoint-packs.ts";
import type { Database, Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { JobKind, Turn } from "./generated/client.ts";
import { transact } from "./mutate.ts";
import { type JobScope, progress, type RunScope, type TurnScope } from "./run-scope.ts";
import { cleanText } from "./text.ts";
import { changeThread, fencedThread, type ThreadChange } from "./thread-change.ts";
import { putPrompt } from "./turns.ts";

export type Claim =
  | { kind: "turn"; turnId: string; step: number; retries: number; interrupted: boolean }
  | { kind: "job"; jobId: string; job: JobKind };

/**
 * What the thread's workflow does next: the turn under way (with the step to go on at, and which of its tries this is),
 * else the oldest pending job, else the oldest queued turn, else nothing. A job is only taken on while no turn waits, so
 * it is older than any queued turn: a commit holds what its author saw. Claiming again after a crash gives the same answer.
 */
export async function claimNext(db: Database, threadId: string): Promise<Claim | null> {
  const claim = transact(db, (tx, after) =>
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
        if (!running) await begin(tx, change, turn);
        const steps = await tx.modelStep.aggregate({ where: { turnId: turn.id }, _max: { index: true } });
        const { id: turnId, retries } = turn;
        const step = Math.max(steps._max.index ?? 0, turn.firstStep);
        return { kind: "turn" as const, turnId, step, retries, interrupted: turn.interruptedAt !== null };
      }
      return job ? { kind: "job" as const, jobId: job.id, job: job.kind } : null;
    }),
  );
  return claim.catch(nothingToDo);
}

/** A thread that was deleted has nothing left to do. */
function nothingToDo(error: unknown): null {
  if (error instanceof AppError && error.code === "NOT_FOUND") return null;
  throw error;
}

/** A queued turn begins: its prompt enters the conversation. A turn that is tried again keeps where its diff starts. */
async function begin(tx: Tx, change: ThreadChange, turn: Turn): Promise<void> {
  const thread = await tx.thread.findUniqueOrThrow({ where: { id: turn.threadId } });
  const startCheckpoint = turn.startCheckpoint ?? thread.lastCheckpoint ?? thread.baseCommit;
  const endCheckpoint = turn.endCheckpoint ?? startCheckpoint;
  await tx.turn.update({
    where: { id: turn.id },
    data: { status: "running", startedAt: new Date(), startCheckpoint, endCheckpoint },
  });
  if ((await tx.item.count({ where: { id: `${turn.id}/user` } })) === 0) {
    const sender = await tx.user.findUnique({ where: { id: turn.senderId } });
    await putPrompt(change, turn, sender?.name ?? "Former member");
  }
  change.set({ status: "running", turnsVersion: { increment: 1 } });
}

/** Threads with a turn or job that has not ended: what a reconciler pokes. */
export async function unfinishedThreads(db: Database): Promise<string[]> {
  const rows = await db.prisma.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT "threadId" AS "id" FROM "Turn" WHERE "status" IN ('queued', 'running')
    UNION SELECT DISTINCT "threadId" FROM "ThreadJob" WHERE "status" = 'pending'`;
  return rows.map((row) => row.id);
}

/** Remembers why the turn is about to fail, in words for people; the workflow itself carries only codes. */
export async function noteFailure(scope: TurnScope, failure: { code: string; message: string }): Promise<void> {
  await progress(scope, (tx) =>
    tx.turn.updateMany({
      where: { id: scope.turnId, status: "running" },
      data: { errorCode: failure.code, errorMessage: cleanText(failure.message) },
    }),
  );
}

export type NewCheckpoint = {
  commit: string;
  files: number;
  additions: number;
  deletions: number;
  /** When the worktree began to be recorded, by the database's clock. */
  keptAt: Date;
  pack: PreparedPack;
};

/** A checkpoint, what it changes against the base and what other hosts need to make it; the newest of its turn, if it is one's. */
export async function recordCheckpoint(scope: TurnScope | JobScope, checkpoint: NewCheckpoint): Promise<void> {
  await progress(scope, async (tx, change, after) => {
    await recordPack(tx, scope.threadId, checkpoint.pack);
    if ("turnId" in scope)
      await tx.turn.update({ where: { id: scope.turnId }, data: { endCheckpoint: checkpoint.commit } });
    change.set({
      lastCheckpoint: checkpoint.commit,
      keptAt: checkpoint.keptAt,
      filesModified: checkpoint.files,
      additions: checkpoint.additions,
      deletions: checkpoint.deletions,
    });
    after({ k: "workspace", w: scope.workspaceId });
  });
}

/** The last checkpoint still holds all of the worktree; changes no `seq`. */
export async function recordUnchanged({ db, threadId, fence }: RunScope, keptAt: Date): Promise<void> {
  await db.prisma.$executeRaw`
    UPDATE "Thread" SET "keptAt" = ${keptAt} WHERE "id" = ${threadId} AND EXISTS (${fencedThread(threadId, fence)})`;
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

/** Nobody has named the thread, and no turn of it that could have done so has come to its end. */
export async function lacksTitle(scope: TurnScope): Promise<boolean> {
  const { prisma } = scope.db;
  const ended = await prisma.turn.count({ where: { threadId: scope.threadId, status: "completed" } });
  return ended === 0 && (await prisma.thread.count({ where: { id: scope.threadId, titled: false } })) > 0;
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
  const { prompt, model, restoreTo } = turn;
  return { turn: { prompt, model, restoreTo }, thread: turn.thread, project: turn.thread.project };
}
