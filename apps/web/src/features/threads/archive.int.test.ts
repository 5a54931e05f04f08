import { setTimeout as sleep } from "node:timers/promises";
import { deleteThread, recordArchive, recordRestore } from "@heddle/db/archive";
import type { ArchiveManifest } from "@heddle/db/archive.schema";
import type { Database } from "@heddle/db/database";
import { completeJob, failJob } from "@heddle/db/jobs";
import { jobScope } from "@heddle/db/run-scope";
import { claimNext } from "@heddle/db/run-turn";
import type { Principal } from "@heddle/db/scope";
import { addMember, makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { afterAll, beforeAll, expect, test } from "vitest";
import { claimTurn, endTurn } from "../../testing/acting-worker.ts";
import { callApi } from "../../testing/call-api.ts";
import { startTestStack, type TestStack } from "../../testing/test-stack.ts";
import { personalToken } from "../../testing/tokens.ts";

let stack: TestStack;
let db: Database;
let workspace: TestWorkspace;
const tokens = new Map<Principal, string>();

beforeAll(async () => {
  stack = await startTestStack();
  db = stack.runtime.db;
  workspace = await makeWorkspace(db);
});
afterAll(() => stack.close());

async function call(who: Principal, method: string, path: string, body?: unknown) {
  const token = tokens.get(who) ?? (await personalToken(db, workspace, who)).token;
  tokens.set(who, token);
  return callApi(stack.url, method, path, { token, body: body ?? (method === "POST" ? {} : undefined) });
}

/** A thread of the member whose turn is over. */
async function restingThread(visibility = "shared"): Promise<string> {
  const { member } = workspace.principals;
  const { body } = await call(member, "POST", `/projects/${workspace.projectId}/threads`, { prompt: "Do", visibility });
  const { id } = body as { id: string };
  await endTurn(await claimTurn(db, id));
  return id;
}

const file = { sizeBytes: 1, sha256: "a", contentSha256: "b", files: 1, contentBytes: 1 };

/** Does the thread's next job as a worker would, rows only. */
async function actJob(threadId: string, failure?: string): Promise<{ keepIgnored?: boolean }> {
  for (;;) {
    const claim = await claimNext(db, threadId);
    if (claim?.kind !== "job") {
      await sleep(20);
      continue;
    }
    const { jobId, job } = claim;
    const { input } = await db.prisma.threadJob.findUniqueOrThrow({ where: { id: jobId } });
    const { keepIgnored = true } = input as { keepIgnored?: boolean };
    const scope = await jobScope(db, jobId);
    const manifest: ArchiveManifest = { id: jobId, hostId: "host", status: "idle", keepIgnored, file };
    if (failure !== undefined) await failJob(db, threadId, jobId, { code: failure, message: "Why." });
    else if (job === "restore") await recordRestore(scope, manifest, { complete: true, notice: "Back." });
    else if (job === "remove") await deleteThread(scope);
    else {
      await recordArchive(scope, manifest, "Kept.");
      await completeJob(scope, {});
    }
    return input as object;
  }
}

async function during<T>(threadId: string, request: Promise<T>, failure?: string): Promise<T> {
  await actJob(threadId, failure);
  return request;
}

test("archive and restore answer with the thread once a worker has done it", async () => {
  const { member } = workspace.principals;
  const id = await restingThread();
  const archived = await during(id, call(member, "POST", `/threads/${id}/archive`));
  expect(archived).toMatchObject({ status: 200, body: { id, status: "archived", archivedAt: expect.any(String) } });
  expect(await call(member, "POST", `/threads/${id}/turns`, { prompt: "More" })).toMatchObject({
    status: 409,
    body: { code: "THREAD_ARCHIVED" },
  });
  expect(await call(member, "GET", `/threads/${id}/diff`)).toMatchObject({ status: 200 });
  expect(await call(member, "GET", `/threads/${id}/items`)).toMatchObject({ status: 200 });
  const restored = await during(id, call(member, "POST", `/threads/${id}/restore`));
  expect(restored).toMatchObject({ status: 200, body: { id, status: "idle", archivedAt: null } });
  expect(await call(member, "POST", `/threads/${id}/restore`)).toMatchObject({
    status: 409,
    body: { code: "NOT_ARCHIVED" },
  });
});

test("ignored files are kept unless the caller says otherwise", async () => {
  const { member } = workspace.principals;
  const [kept, left] = [await restingThread(), await restingThread()];
  const request = call(member, "POST", `/threads/${kept}/archive`);
  expect(await actJob(kept)).toEqual({ keepIgnored: true });
  await request;
  const other = call(member, "POST", `/threads/${left}/archive`, { keepIgnored: false });
  expect(await actJob(left)).toEqual({ keepIgnored: false });
  await other;
  const bad = await call(member, "POST", `/threads/${left}/archive`, { keepIgnored: "yes" });
  expect(bad).toMatchObject({ status: 400, body: { code: "BAD_INPUT" } });
});

test("a failure is the answer, in the worker's words", async () => {
  const { member } = workspace.principals;
  const id = await restingThread();
  expect(await during(id, call(member, "POST", `/threads/${id}/archive`), "ARCHIVE_FAILED")).toMatchObject({
    status: 500,
    body: { code: "ARCHIVE_FAILED", message: "Why." },
  });
  expect(await call(member, "GET", `/threads/${id}`)).toMatchObject({ body: { status: "idle" } });
});

test("a thread is deleted by who started it, by admins and owners, and then is not there", async () => {
  const { member, admin, owner, viewer, auditor } = workspace.principals;
  const stranger = await addMember(db, workspace.id, "member");
  for (const who of [member, admin, owner]) {
    const id = await restingThread();
    for (const other of [stranger, viewer, auditor]) {
      expect(await call(other, "DELETE", `/threads/${id}`)).toMatchObject({ status: 403, body: { code: "FORBIDDEN" } });
    }
    expect(await during(id, call(who, "DELETE", `/threads/${id}`))).toMatchObject({ status: 200, body: {} });
    expect(await call(owner, "GET", `/threads/${id}`)).toMatchObject({ status: 404 });
    expect(await call(who, "DELETE", `/threads/${id}`)).toMatchObject({ status: 404 });
  }
});

test("another's private thread and another workspace's threads are not there at all", async () => {
  const { owner } = workspace.principals;
  const hidden = await restingThread("private");
  const shared = await restingThread();
  const elsewhere = await makeWorkspace(db);
  const foreign = (await personalToken(db, elsewhere, elsewhere.principals.owner)).token;
  for (const [method, path] of [
    ["POST", "archive"],
    ["POST", "restore"],
    ["DELETE", ""],
  ] as const) {
    expect(await call(owner, method, `/threads/${hidden}/${path}`.replace(/\/$/, ""))).toMatchObject({ status: 404 });
    const address = `/threads/${shared}/${path}`.replace(/\/$/, "");
    const body = method === "POST" ? {} : undefined;
    expect(await callApi(stack.url, method, address, { token: foreign, body })).toMatchObject({ status: 404 });
  }
});

test("a repeat with the same key gets the first answer", async () => {
  const { member } = workspace.principals;
  const id = await restingThread();
  await call(member, "GET", "/projects");
  const options = { token: tokens.get(member), body: {}, headers: { "idempotency-key": `archive-${id}` } };
  const request = () => callApi(stack.url, "POST", `/threads/${id}/archive`, options);
  const first = await during(id, request());
  expect(first).toMatchObject({ status: 200, body: { status: "archived" } });
  expect((await request()).body).toEqual(first.body);
});
