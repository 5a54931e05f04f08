import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ArchiveManifest } from "./archive.schema.ts";
import {
  deletedAmong,
  deleteThread,
  recordArchive,
  recordRestore,
  requestArchive,
  requestRemove,
  requestRestore,
  threadsAmong,
} from "./archive.ts";
import type { Database } from "./database.ts";
import { readDev, startDev } from "./dev-servers.ts";
import { finishTurn } from "./finish-turn.ts";
import { renewHost, startHost } from "./hosts.ts";
import { newId } from "./ids.ts";
import { interruptTurn } from "./interrupts.ts";
import { listItems } from "./items.ts";
import { completeJob, failJob, jobExists, loadJob, noteJobFailure, readJob, requestCommit } from "./jobs.ts";
import type { WorkspaceRole } from "./permissions.ts";
import { placeThread } from "./placement.ts";
import { resendTurn, retryTurn } from "./retry.ts";
import { claimDev } from "./run-dev.ts";
import { jobScope } from "./run-scope.ts";
import { claimNext, unfinishedThreads } from "./run-turn.ts";
import { type ThreadScope, threadScope } from "./scope.ts";
import { openTestDatabase } from "./testing/database.ts";
import { addMember, makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { claimTestTurn, openTestThread } from "./testing/turns.ts";
import type { HostFence } from "./thread-change.ts";
import { getThread } from "./threads.ts";
import { releaseQueued } from "./turn-queue.ts";
import { sendTurn } from "./turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;
let fence: HostFence;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
  fence = await startHost(db, "host");
});
beforeEach(() => renewHost(db, fence));
afterAll(() => close());

const all = { keepIgnored: true };
const manifestOf = (id: string, status: "idle" | "failed" = "idle"): ArchiveManifest => ({
  id,
  hostId: "host",
  status,
  keepIgnored: true,
  file: { sizeBytes: 10, sha256: "a", contentSha256: "b", files: 2, contentBytes: 20 },
});

/** A thread of the member, on this host, whose turn is over. */
async function restingThread(failed = false): Promise<ThreadScope> {
  const scope = await openTestThread(db, workspace, "first");
  await placeThread(db, scope.threadId);
  const { turnId } = await claimTestTurn(db, scope.threadId);
  await finishTurn(
    db,
    scope.threadId,
    turnId,
    failed ? { status: "failed", code: "MODEL_FAILED" } : { status: "completed" },
  );
  return scope;
}

const openJob = async (scope: ThreadScope, { jobId }: { jobId: string }) => {
  expect(await claimNext(db, scope.threadId)).toEqual({ kind: "job", jobId, job: expect.any(String) });
  return jobScope(db, jobId, fence);
};

async function archived(failed = false): Promise<ThreadScope> {
  const scope = await restingThread(failed);
  const job = await openJob(scope, await requestArchive(scope, all));
  await recordArchive(job, manifestOf(job.jobId, failed ? "failed" : "idle"), "Kept.");
  await completeJob(job, {});
  return scope;
}

const as = (role: WorkspaceRole, { threadId }: ThreadScope) =>
  threadScope(db, workspace.principals[role], threadId, "thread.delete");
const lastItem = async (scope: ThreadScope) => (await listItems(scope, { after: 0 })).items.at(-1);
const auditOf = async ({ threadId }: ThreadScope, action: string) =>
  db.prisma.auditEvent.findMany({ where: { resourceId: threadId, action }, orderBy: { seq: "asc" } });

describe("archive", () => {
  test("is refused while a turn waits or runs", async () => {
    const scope = await openTestThread(db, workspace, "first");
    await expect(requestArchive(scope, all)).rejects.toMatchObject({ code: "THREAD_BUSY" });
    const { turnId } = await claimTestTurn(db, scope.threadId);
    const refusal = { code: "THREAD_BUSY", message: expect.stringContaining("Interrupt it") };
    await expect(requestArchive(scope, all)).rejects.toMatchObject(refusal);
    await finishTurn(db, scope.threadId, turnId, { status: "completed" });
    await expect(requestArchive(scope, all)).resolves.toEqual({ jobId: expect.any(String) });
  });

  test("while it waits, a dev server that was asked for before does not begin", async () => {
    const scope = await restingThread();
    const { threadId, projectId } = scope;
    await db.prisma.project.update({ where: { id: projectId }, data: { devCommand: "serve" } });
    await db.prisma.thread.update({ where: { id: threadId }, data: { baseCommit: "1".repeat(40) } });
    const { itemId } = await startDev(scope);
    await requestArchive(scope, all);
    expect(await claimDev({ db, threadId, fence })).toBeNull();
    expect(await readDev(scope)).toMatchObject({ status: "stopped" });
    const { items } = await listItems(scope, { after: 0 });
    expect(items.find(({ id }) => id === itemId)).toMatchObject({
      status: "completed",
      note: "Stopped before it began.",
    });
  });

  test("while it waits, nothing else begins; a second request is the first", async () => {
    const scope = await restingThread(true);
    const commit = await requestCommit(scope, { message: "m" });
    const first = await requestArchive(scope, all);
    expect(await requestArchive(scope, { keepIgnored: false })).toEqual(first);
    const busy = { code: "THREAD_BUSY", message: "The thread is being archived." };
    await expect(sendTurn(scope, { prompt: "More" })).rejects.toMatchObject(busy);
    await expect(retryTurn(scope)).rejects.toMatchObject(busy);
    await expect(requestCommit(scope, {})).rejects.toMatchObject(busy);
    await expect(requestRestore(scope)).rejects.toMatchObject({ code: "NOT_ARCHIVED" });
    expect(await claimNext(db, scope.threadId)).toMatchObject({ kind: "job", jobId: commit.jobId });
    await failJob(db, scope.threadId, commit.jobId, { code: "NOTHING_TO_COMMIT", message: "" });
    const job = await openJob(scope, first);
    expect((await loadJob(job))?.job).toMatchObject({ kind: "archive", keepIgnored: true });
  });

  test("sets the thread aside with a notice and an audit event; archived, it takes nothing on", async () => {
    const scope = await archived();
    expect(await getThread(scope)).toMatchObject({ status: "archived", archivedAt: expect.any(Date) });
    expect(await lastItem(scope)).toMatchObject({ type: "notice", kind: "archived", message: "Kept." });
    const detail = { hostId: "host", keepIgnored: true, files: 2, sizeBytes: 10 };
    expect(await auditOf(scope, "thread.archive")).toMatchObject([{ outcome: "ok", via: "worker", detail }]);
    expect(await unfinishedThreads(db)).not.toContain(scope.threadId);
    const first = await db.prisma.turn.findFirstOrThrow({ where: { threadId: scope.threadId } });
    for (const refused of [
      () => sendTurn(scope, { prompt: "More" }),
      () => retryTurn(scope),
      () => resendTurn(scope, { turnId: first.id, prompt: "Other", restoreFiles: false }),
      () => releaseQueued(scope),
      () => requestCommit(scope, {}),
      () => requestArchive(scope, all),
    ]) {
      await expect(refused()).rejects.toMatchObject({ code: "THREAD_ARCHIVED" });
    }
    await expect(interruptTurn(scope)).rejects.toMatchObject({ code: "NOT_RUNNING" });
  });

  test("prompts that are held stay held over it", async () => {
    const scope = await openTestThread(db, workspace, "first");
    await placeThread(db, scope.threadId);
    const { turnId } = await claimTestTurn(db, scope.threadId);
    await sendTurn(scope, { prompt: "Later" });
    await interruptTurn(scope);
    await finishTurn(db, scope.threadId, turnId, { status: "failed", code: "INTERRUPTED" });
    const job = await openJob(scope, await requestArchive(scope, all));
    await recordArchive(job, manifestOf(job.jobId), "Kept.");
    await completeJob(job, {});
    const restore = await openJob(scope, await requestRestore(scope));
    await recordRestore(restore, manifestOf(job.jobId), { complete: true, notice: "Back." });
    expect(await db.prisma.turn.count({ where: { threadId: scope.threadId, status: "held" } })).toBe(1);
    expect(await claimNext(db, scope.threadId)).toBeNull();
    expect(await lastItem(scope)).toMatchObject({ kind: "restored", turnId });
  });

  test("a failure is told to who waits and in the thread, in the words of the worker", async () => {
    const scope = await restingThread();
    const job = await openJob(scope, await requestArchive(scope, all));
    await noteJobFailure(job, { code: "ARCHIVE_FAILED", message: "The disk is full." });
    await failJob(db, scope.threadId, job.jobId, { code: "ARCHIVE_FAILED", message: "In general." });
    const failure = { code: "ARCHIVE_FAILED", message: "The disk is full." };
    await expect(readJob(scope, job.jobId)).rejects.toMatchObject(failure);
    expect(await lastItem(scope)).toMatchObject({ kind: "archiveFailed", message: "The disk is full." });
    expect((await getThread(scope)).status).toBe("idle");
    await failJob(db, scope.threadId, job.jobId, { code: "TIMEOUT", message: "Again." });
    await expect(readJob(scope, job.jobId)).rejects.toMatchObject(failure);
  });

  test("is fenced: a worker that lost its host writes nothing", async () => {
    const scope = await restingThread();
    const job = await openJob(scope, await requestArchive(scope, all));
    const stale = { ...job, fence: { ...fence, epoch: fence.epoch - 1 } };
    await expect(recordArchive(stale, manifestOf(job.jobId), "")).rejects.toMatchObject({ code: "FENCED" });
    expect((await getThread(scope)).status).toBe("idle");
  });
});

describe("restore", () => {
  test.each([false, true])("leaves the thread as it was (failed: %s), once", async (failed) => {
    const scope = await archived(failed);
    const request = await requestRestore(scope);
    expect(await requestRestore(scope)).toEqual(request);
    await expect(sendTurn(scope, { prompt: "More" })).rejects.toMatchObject({
      code: "THREAD_BUSY",
      message: expect.stringContaining("being restored"),
    });
    const job = await openJob(scope, request);
    const manifest = manifestOf("x", failed ? "failed" : "idle");
    await recordRestore(job, manifest, { complete: false, notice: "Back, but." });
    expect(await getThread(scope)).toMatchObject({ status: failed ? "failed" : "idle", archivedAt: null });
    expect(await readJob(scope, job.jobId)).toEqual({ status: "done", output: {} });
    expect(await auditOf(scope, "thread.restore")).toMatchObject([{ detail: { complete: false } }]);
    const again = recordRestore(job, manifest, { complete: true, notice: "" });
    await expect(again).rejects.toMatchObject({ code: "FENCED" });
    await expect(requestRestore(scope)).rejects.toMatchObject({ code: "NOT_ARCHIVED" });
    expect((await lastItem(scope))?.type).toBe("notice");
  });
});

describe("delete", () => {
  test("is for who started the thread, and for owners and admins", async () => {
    const [own, second, third] = [await restingThread(), await restingThread(), await archived()];
    const stranger = await addMember(db, workspace.id, "member");
    const byStranger = threadScope(db, stranger, own.threadId, "thread.delete");
    await expect(byStranger).rejects.toMatchObject({
      code: "FORBIDDEN",
      message: expect.stringContaining("whose thread"),
    });
    for (const role of ["viewer", "auditor"] as const) {
      await expect(as(role, own)).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    for (const scope of [await as("member", own), await as("admin", second), await as("owner", third)]) {
      await expect(requestRemove(scope)).resolves.toEqual({ jobId: expect.any(String) });
    }
    expect(await deletedAmong(db, [own.threadId])).toEqual([]);
  });

  test("takes every row but usage and audit, which says what there was", async () => {
    const scope = await restingThread();
    const { threadId } = scope;
    const usage = {
      id: `${threadId}/x`,
      workspaceId: workspace.id,
      threadId,
      userId: workspace.principals.member.userId,
      model: "m",
      purpose: "title",
      inputTokens: 1,
      outputTokens: 1,
      costUsd: 0,
    };
    await db.prisma.usageRecord.create({ data: usage });
    const { branch, projectId } = await db.prisma.thread.findUniqueOrThrow({ where: { id: threadId } });
    const request = await requestRemove(scope);
    await expect(sendTurn(scope, { prompt: "x" })).rejects.toMatchObject({ message: "The thread is being deleted." });
    await expect(requestArchive(scope, all)).rejects.toMatchObject({ code: "THREAD_BUSY" });
    const job = await openJob(scope, request);
    await deleteThread(job);
    expect(await claimNext(db, threadId)).toBeNull();
    expect(await jobExists(db, job.jobId)).toBe(false);
    await failJob(db, threadId, job.jobId, { code: "INTERNAL", message: "" });
    expect(await db.prisma.usageRecord.count({ where: { threadId } })).toBe(1);
    const detail = { projectId, branch, turns: 1, archived: false, createdById: workspace.principals.member.userId };
    expect(await auditOf(scope, "thread.remove")).toMatchObject([{ outcome: "ok", detail }]);
    await expect(readJob(scope, job.jobId)).rejects.toMatchObject({ code: "NOT_FOUND" });

    const kept = await archived();
    const ids = [threadId, kept.threadId, newId()];
    expect(await threadsAmong(db, ids)).toMatchObject([{ id: kept.threadId, archive: { fileId: expect.any(String) } }]);
    expect(await deletedAmong(db, ids)).toEqual([{ id: threadId, projectId, branch }]);
  });
});
