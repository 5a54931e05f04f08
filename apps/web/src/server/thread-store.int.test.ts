import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packFromStore } from "@heddle/agent/git/outgoing";
import { openStore, type ProjectStore } from "@heddle/agent/git/store";
import { preparePack, recordPack } from "@heddle/db/checkpoint-packs";
import { progress } from "@heddle/db/run-scope";
import { projectScope } from "@heddle/db/scope";
import { makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { createThread } from "@heddle/db/threads";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callApi } from "../testing/call-api.ts";
import { git, makeRepository } from "../testing/repository.ts";
import { startTestStack, type TestStack } from "../testing/test-stack.ts";
import { personalToken } from "../testing/tokens.ts";

let stack: TestStack;
let workspace: TestWorkspace;
let folder: string;
let source: string;
/** The store of another host: this process never reads it. */
let elsewhere: ProjectStore;
let baseCommit: string;
let token: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), "heddle-elsewhere-"));
  source = await makeRepository(join(folder, "source"));
  baseCommit = await git(["-C", source, "rev-parse", "HEAD"]);
  workspace = await makeWorkspace(stack.runtime.db, { sourcePath: source });
  elsewhere = openStore(join(folder, "home"), workspace.projectId);
  await elsewhere.fetch(source);
  token = (await personalToken(stack.runtime.db, workspace, workspace.principals.member)).token;
});
afterAll(async () => {
  await stack?.close();
  await rm(folder, { recursive: true, force: true });
});

const inElsewhere = (args: string[], input?: string) => git(["--git-dir", elsewhere.threadsDir, ...args], { input });
const get = (path: string) => callApi(stack.url, "GET", path, { token });

async function commitFile(parent: string, text: string, message: string): Promise<string> {
  const blob = await inElsewhere(["hash-object", "-w", "--stdin"], text);
  const tree = await inElsewhere(["mktree"], `100644 blob ${blob}\tfile.txt\n`);
  return inElsewhere(["commit-tree", tree, "-p", parent, "-m", message]);
}

/** A thread of another host: one checkpoint, one commit. */
async function makeThread(content: string) {
  const { db } = stack.runtime;
  const scope = await projectScope(db, workspace.principals.member, workspace.projectId, "thread.create");
  const { id, branch } = await createThread(scope, { prompt: "Do it", visibility: "shared" });
  const host = await db.prisma.host.upsert(hostRow);
  const add = async (ref: string, commit: string, have: string[]) => {
    const pack = await packFromStore(elsewhere, { threadId: id, commit, ref, have });
    const kept = { db, threadId: id, fence: undefined };
    const prepared = await preparePack(kept, pack);
    await progress(kept, (tx) => recordPack(tx, id, prepared));
    await pack.close();
  };
  const step = async (text: string, last: string | null) => {
    const lastCheckpoint = await commitFile(last ?? baseCommit, text, "Step");
    await add(`refs/heddle/threads/${id}`, lastCheckpoint, [last ?? baseCommit]);
    await db.prisma.thread.update({ where: { id }, data: { baseCommit, lastCheckpoint, hostId: host.id } });
    return lastCheckpoint;
  };
  const commit = async (text: string, last: string) => {
    const headCommit = await commitFile(baseCommit, text, "Commit");
    await add(`refs/heads/${branch}`, headCommit, [baseCommit, last]);
    await db.prisma.thread.update({ where: { id }, data: { headCommit } });
  };
  const last = await step(content, null);
  await commit(content, last);
  return { id, branch, last, step, commit };
}

const hostRow = {
  where: { id: "elsewhere" },
  create: { id: "elsewhere", epoch: 1, leaseExpiresAt: new Date() },
  update: {},
};

test("shows the diffs of a thread that lives on another host, and what it has done since", async () => {
  const thread = await makeThread("one\n");
  expect(existsSync(join(stack.runtime.env.HEDDLE_HOME, "repos"))).toBe(false);
  const files = async () => ((await get(`/threads/${thread.id}/diff`)).body as { files: unknown[] }).files;
  const shown = (line: string) => [{ path: "file.txt", patch: expect.stringContaining(`+${line}`) }];
  expect(await files()).toMatchObject(shown("one"));
  await thread.step("two\n", thread.last);
  expect(await Promise.all([files(), files(), files()])).toMatchObject([shown("two"), shown("two"), shown("two")]);
});

test("lists the files of a thread and reads their lines; a patch has another hash once its file has changed", async () => {
  const thread = await makeThread("one\ntwo\nthree\n");
  const path = `/threads/${thread.id}`;
  const hash = async () => ((await get(`${path}/diff`)).body as { files: { hash: string }[] }).files[0]?.hash;
  const before = await hash();
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(await hash()).toBe(before);
  expect((await get(`${path}/files`)).body).toEqual({ files: ["file.txt"], truncated: false });
  expect((await get(`${path}/lines?path=file.txt&from=2&to=9`)).body).toEqual({ lines: ["two", "three"] });
  expect((await get(`${path}/lines?path=../file.txt&from=1&to=2`)).status).toBe(404);
  expect((await get(`${path}/lines?path=file.txt&from=0&to=2`)).status).toBe(400);
  await thread.step("one\n", thread.last);
  expect(await hash()).not.toBe(before);
});

test("serves the branches of threads that live on other hosts", async () => {
  const thread = await makeThread("first\n");
  const address = new URL(`/git/${workspace.projectId}.git`, stack.url);
  Object.assign(address, { username: "heddle", password: token });
  const clone = join(folder, "clone");
  await git(["clone", "--quiet", "--branch", thread.branch, address.href, clone]);
  expect(await git(["-C", clone, "log", "--format=%s"])).toBe("Commit\nfirst");
  await thread.commit("second\n", thread.last);
  await git(["-C", clone, "fetch", "--quiet"]);
  expect(await git(["-C", clone, "show", `origin/${thread.branch}:file.txt`])).toBe("second");
});

test("lists the branches that another host has fetched", async () => {
  const fetchedIn = async (seconds: number) => {
    const data = { fetchedAt: new Date(Date.now() + seconds * 1000), defaultBranch: "main" };
    await stack.runtime.db.prisma.project.update({ where: { id: workspace.projectId }, data });
  };
  const names = async () => {
    const { body } = await get(`/projects/${workspace.projectId}/branches`);
    return (body as { branches: { name: string }[] }).branches.map(({ name }) => name);
  };
  await fetchedIn(0);
  expect(await names()).toEqual(["main"]);
  await git(["-C", source, "branch", "new"]);
  expect(await names()).toEqual(["main"]);
  await fetchedIn(60);
  expect(await names()).toEqual(["main", "new"]);
});

test("says what is missing when the project's source is gone", async () => {
  const thread = await makeThread("lost\n");
  await rm(join(stack.runtime.env.HEDDLE_HOME, "repos"), { recursive: true, force: true });
  await rm(source, { recursive: true });
  const { status, body } = await get(`/threads/${thread.id}/diff`);
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: "NOT_A_REPOSITORY", message: expect.stringContaining("source") });
});
