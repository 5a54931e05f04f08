import { type PreparedPack, recordPack } from "./checkpoint-packs.ts";
import type { Database, Tx } from "./database.ts";
import { AppError, type ErrorCode, isErrorCode } from "./errors.ts";
import type { JobKind, Prisma } from "./generated/client.ts";
import { newId } from "./ids.ts";
import { type After, mutate } from "./mutate.ts";
import { putNotice } from "./notices.ts";
import { assertNoTurn, assertThreadOpen } from "./open-thread.ts";
import { type JobScope, progress } from "./run-scope.ts";
import type { ThreadScope } from "./scope.ts";
import { cleanText } from "./text.ts";
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

/**
 * Asks the thread's worker to send the thread's branch, as committed last, to the project's repository.
 * @throws NO_REMOTE for a project of a folder, NOTHING_TO_PUSH, THREAD_BUSY while a turn runs or waits, THREAD_ARCHIVED
 */
export async function requestPush(scope: ThreadScope): Promise<{ jobId: string }> {
  const request = { kind: "push", action: "thread.push_request", joins: true } as const;
  return requestJob(scope, request, async (tx, thread) => {
    if ((await tx.projectRemote.count({ where: { projectId: scope.projectId } })) === 0)
      throw new AppError("NO_REMOTE");
    const { headCommit } = await tx.thread.findUniqueOrThrow({ where: { id: thread.id } });
    if (headCommit === null) throw new AppError("NOTHING_TO_PUSH");
    await assertMayCommit(tx, thread);
  });
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

export async function jobExists(db: Database, jobId: string): Promise<boolean> {
  return (await db.prisma.threadJob.count({ where: { id: jobId } })) > 0;
}

/** What the worker needs for a job; `null` when it has ended. */
export async function loadJob(scope: JobScope) {
  const job = await scope.db.prisma.threadJob.findUniqueOrThrow({ where: { id: scope.jobId } });
  if (job.status !== "pending") return null;
  const thread = await scope.db.prisma.thread.findUniqueOrThrow({
    where: { id: scope.threadId },
    include: { project: true },
  });
  const user = await scope.db.prisma.user.findUniqueOrThrow({ where: { id: job.requestedById } });
  const { id, kind, createdAt } = job;
  const { message = null, keepIgnored = true } = job.input as { message?: string; keepIgnored?: boolean };
  return { job: { id, kind, createdAt, message, keepIgnored }, thread, user };
}

export type LoadedJob = NonNullable<Awaited<ReturnType<typeof loadJob>>>;

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
        await endJob(tx, after, scope, result);
        await recordPack(tx, scope.threadId, pack);
        change.set({ headCommit: result.commit });
      },
      scope.fence,
    ),
  );
}

/** The branch is at the remote. @throws FENCED when the job has ended already */
export async function completePush(
  scope: JobScope,
  result: { remote: string; branch: string; commit: string },
): Promise<void> {
  const entry = { action: "thread.push", resource: { type: "thread", id: scope.threadId }, detail: result };
  await mutate(scope, entry, (tx, after) => endJob(tx, after, scope, result));
}

/** The job is done; `output` is for whoever waits for it. */
export async function completeJob(scope: JobScope, output: Prisma.InputJsonObject): Promise<void> {
  await progress(scope, (tx, _change, after) => endJob(tx, after, scope, output));
}

/**
 * Before an effect that only an open job may have: an attempt that was given up on may still be on its way, while
 * somebody works on the thread again.
 * @throws FENCED
 */
export async function assertJobOpen(tx: Pick<Tx, "threadJob">, jobId: string): Promise<void> {
  const open = await tx.threadJob.count({ where: { id: jobId, status: "pending" } });
  if (open === 0) throw new AppError("FENCED");
}

/** Within the transaction of a job's effect. @throws FENCED when the job has ended already */
export async function endJob(
  tx: Tx,
  after: After,
  { threadId, jobId }: JobScope,
  output: Prisma.InputJsonObject,
): Promise<void> {
  const ended = await tx.threadJob.updateMany({
    where: { id: jobId, status: "pending" },
    data: { status: "done", output, finishedAt: new Date() },
  });
  if (ended.count === 0) throw new AppError("FENCED");
  after({ k: "job", t: threadId, j: jobId });
}

/** Remembers why the job is about to fail, in words for people; the workflow itself carries only codes. */
export async function noteJobFailure(scope: JobScope, failure: { code: string; message: string }): Promise<void> {
  await progress(scope, (tx) =>
    tx.threadJob.updateMany({
      where: { id: scope.jobId, status: "pending" },
      data: { errorCode: failure.code, errorMessage: cleanText(failure.message) },
    }),
  );
}

/**
 * Ends a job with an error for whoever waits; needs no scope, because the requester may have lost all rights. Of a job
 * that nobody need have waited for, the thread tells, too. A thread that is gone has no jobs.
 */
export async function failJob(
  db: JobScope["db"],
  threadId: string,
  jobId: string,
  error: { code: string; message: string },
): Promise<void> {
  await progress({ db, threadId, fence: undefined }, async (tx, change, after) => {
    const job = await tx.threadJob.findFirst({ where: { id: jobId, status: "pending" } });
    if (!job) return;
    const message = job.errorCode === error.code && job.errorMessage !== null ? job.errorMessage : error.message;
    const data = { status: "failed", errorCode: error.code, errorMessage: message, finishedAt: new Date() } as const;
    await tx.threadJob.update({ where: { id: jobId }, data });
    const kind = failureNotices[job.kind];
    if (kind) await putNotice(tx, change, { id: `${jobId}/failed`, kind, message });
    after({ k: "job", t: threadId, j: jobId });
  }).catch((thrown: unknown) => {
    if (!(thrown instanceof AppError) || thrown.code !== "NOT_FOUND") throw thrown;
  });
}

const failureNotices: Partial<Record<JobKind, string>> = {
  archive: "archiveFailed",
  restore: "restoreFailed",
  remove: "removeFailed",
};
