import { type PreparedPack, recordPack } from "./checkpoint-packs.ts";
import type { Tx } from "./database.ts";
import { AppError, type ErrorCode, isErrorCode } from "./errors.ts";
import type { JobKind, Prisma } from "./generated/client.ts";
import { newId } from "./ids.ts";
import { mutate } from "./mutate.ts";
import { assertNoTurn, assertThreadOpen } from "./open-thread.ts";
import { type JobScope, progress } from "./run-scope.ts";
import type { ThreadScope } from "./scope.ts";
import { changeThread, type LockedThread } from "./thread-change.ts";

/**
 * Asks the thread's worker to commit what the worktree holds.
 * @param input.message without it the model writes one
 * @throws THREAD_BUSY while a turn runs or waits, THREAD_ARCHIVED
 */
export async function requestCommit(scope: ThreadScope, input: { message?: string }): Promise<{ jobId: string }> {
  return requestJob(scope, { kind: "commit", action: "thread.commit_request", input }, assertMayCommit);
}

/** Asks for a commit message written by the thread's model. */
export async function requestCommitMessage(scope: ThreadScope): Promise<{ jobId: string }> {
  return requestJob(scope, { kind: "commitMessage", action: "thread.suggest_message" }, assertMayCommit);
}

async function assertMayCommit(tx: Tx, thread: LockedThread): Promise<void> {
  await assertThreadOpen(tx, thread);
  await assertNoTurn(tx, thread.id);
}

export type JobRequest = {
  kind: JobKind;
  /** For the audit log. */
  action: string;
  input?: Prisma.InputJsonObject;
  /** A second request while the first is pending is the first one. */
  joins?: true;
};

/** Writes a job for the thread's workflow, which the caller then pokes. @param check throws what speaks against it */
export async function requestJob(
  scope: ThreadScope,
  { kind, action, input = {}, joins }: JobRequest,
  check: (tx: Tx, thread: LockedThread) => Promise<void>,
): Promise<{ jobId: string }> {
  const { threadId, principal } = scope;
  return mutate(scope, { action, resource: { type: "thread", id: threadId } }, (tx, after) =>
    changeThread(tx, after, threadId, async ({ thread }) => {
      const same = joins && (await tx.threadJob.findFirst({ where: { threadId, kind, status: "pending" } }));
      if (same) return { jobId: same.id };
      await check(tx, thread);
      const id = newId();
      const tokenId = principal.via.type === "token" ? principal.via.tokenId : null;
      await tx.threadJob.create({ data: { id, threadId, kind, input, requestedById: principal.userId, tokenId } });
      return { jobId: id };
    }),
  );
}

export type JobResult = { status: "pending" } | { status: "done"; output: unknown };

/** @throws the job's own error once it has failed */
export async function readJob(scope: ThreadScope, jobId: string): Promise<JobResult> {
  const job = await scope.db.prisma.threadJob.findFirst({ where: { id: jobId, threadId: scope.threadId } });
  if (!job) throw new AppError("NOT_FOUND");
  if (job.status === "pending") return { status: "pending" };
  if (job.status === "done") return { status: "done", output: job.output };
  const code: ErrorCode = isErrorCode(job.errorCode) ? job.errorCode : "INTERNAL";
  throw new AppError(code, { message: job.errorMessage ?? undefined });
}

/** What the worker needs to make a commit; `null` when the job has ended. */
export async function loadJob(scope: JobScope) {
  const job = await scope.db.prisma.threadJob.findUniqueOrThrow({ where: { id: scope.jobId } });
  if (job.status !== "pending") return null;
  const thread = await scope.db.prisma.thread.findUniqueOrThrow({
    where: { id: scope.threadId },
    include: { project: true },
  });
  const user = await scope.db.prisma.user.findUniqueOrThrow({ where: { id: job.requestedById } });
  const { message } = job.input as { message?: string };
  return { job: { id: job.id, kind: job.kind, createdAt: job.createdAt, message: message ?? null }, thread, user };
}

/** Keeps the message chosen for a commit, so that a repeated attempt makes the very same commit. */
export async function fixCommitMessage(scope: JobScope, message: string): Promise<void> {
  await progress(scope, async (tx) => {
    await tx.threadJob.update({ where: { id: scope.jobId }, data: { input: { message } } });
  });
}

/** The commit is made; `pack` gives it to other hosts. @throws FENCED when the job has ended already */
export async function completeCommit(
  scope: JobScope,
  result: { commit: string; branch: string },
  pack: PreparedPack,
): Promise<void> {
  const entry = {
    action: "thread.commit",
    resource: { type: "thread", id: scope.threadId },
    detail: { commit: result.commit, branch: result.branch },
  };
  await mutate(scope, entry, (tx, after) =>
    changeThread(
      tx,
      after,
      scope.threadId,
      async (change) => {
        const ended = await tx.threadJob.updateMany({
          where: { id: scope.jobId, status: "pending" },
          data: { status: "done", output: result, finishedAt: new Date() },
        });
        if (ended.count === 0) throw new AppError("FENCED");
        await recordPack(tx, scope.threadId, pack);
        change.set({ headCommit: result.commit });
        after({ k: "job", t: scope.threadId, j: scope.jobId });
      },
      scope.fence,
    ),
  );
}

export async function completeMessage(scope: JobScope, message: string): Promise<void> {
  await progress(scope, async (tx, _change, after) => {
    await tx.threadJob.update({
      where: { id: scope.jobId },
      data: { status: "done", output: { message }, finishedAt: new Date() },
    });
    after({ k: "job", t: scope.threadId, j: scope.jobId });
  });
}

/** Ends a job with an error for whoever waits; needs no scope, because the requester may have lost all rights. */
export async function failJob(
  db: JobScope["db"],
  threadId: string,
  jobId: string,
  error: { code: string; message: string },
): Promise<void> {
  await progress({ db, threadId, fence: undefined }, async (tx, _change, after) => {
    await tx.threadJob.updateMany({
      where: { id: jobId, status: "pending" },
      data: { status: "failed", errorCode: error.code, errorMessage: error.message, finishedAt: new Date() },
    });
    after({ k: "job", t: threadId, j: jobId });
  });
}
