import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { deleteThread, requestRemove } from "@heddle/db/archive";
import type { Database } from "@heddle/db/database";
import { finishTurn } from "@heddle/db/finish-turn";
import { startHost } from "@heddle/db/hosts";
import { newId } from "@heddle/db/ids";
import { jobScope } from "@heddle/db/run-scope";
import { threadScope } from "@heddle/db/scope";
import { openTestDatabase } from "@heddle/db/testing/database";
import { makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { claimTestTurn, openTestThread } from "@heddle/db/testing/turns";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { setAsideLeftBehind } from "../src/left-behind.ts";
import { removeAllLeftovers } from "../src/leftovers.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;
let homeDir: string;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
  await startHost(db, "here");
  await startHost(db, "there");
});
afterAll(() => close());
beforeEach(async () => {
  homeDir = await mkdtemp(join(tmpdir(), "heddle-leftovers-"));
});
afterEach(() => rm(homeDir, { recursive: true, force: true }));

const path = (...names: string[]) => join(homeDir, ...names);

async function put(...names: string[]): Promise<void> {
  await mkdir(dirname(path(...names)), { recursive: true });
  await writeFile(path(...names), "");
}

/** A thread at rest with a worktree, and an archive by the name of `job`. */
async function thread(data: { hostId?: string; archived?: { file: boolean } } = {}): Promise<string> {
  const { hostId = "here", archived } = data;
  const { threadId } = await openTestThread(db, workspace, "first");
  const { turnId } = await claimTestTurn(db, threadId);
  await finishTurn(db, threadId, turnId, { status: "completed" });
  const file = { sizeBytes: 1, sha256: "a", contentSha256: "b", files: 1, contentBytes: 1 };
  const manifest = { id: "job", hostId, status: "idle", keepIgnored: true, file: archived?.file ? file : null };
  const archive = archived ? { status: "archived" as const, archive: manifest } : {};
  await db.prisma.thread.update({ where: { id: threadId }, data: { hostId, ...archive } });
  await put("worktrees", threadId, "tree/file");
  await put("archives", threadId, "job/worktree.tar.gz");
  return threadId;
}

const hasWorktree = (id: string) => existsSync(path("worktrees", id, "tree/file"));
const hasArchive = (id: string) => existsSync(path("archives", id, "job/worktree.tar.gz"));
const sweep = () => removeAllLeftovers(db, "here", homeDir);

test("what cut removals and cut archives have left goes", async () => {
  const id = await thread({ archived: { file: true } });
  await put("worktrees", `${id}.removed`, "tree/file");
  await put("archives", id, "next.partial/incoming");
  await sweep();
  expect(await readdir(path("worktrees"))).toEqual([]);
  expect(await readdir(path("archives", id))).toEqual(["job"]);
});

test("a worktree stays as long as no archive of it is known to be whole", async () => {
  const [idle, archived, withoutFile, lost, elsewhere] = [
    await thread(),
    await thread({ archived: { file: true } }),
    await thread({ archived: { file: false } }),
    await thread({ archived: { file: true } }),
    await thread({ hostId: "there", archived: { file: true } }),
  ];
  await rm(path("archives", lost), { recursive: true });
  await sweep();
  expect([idle, archived, withoutFile, lost, elsewhere].map(hasWorktree)).toEqual([true, false, false, true, true]);
  expect([archived, withoutFile, elsewhere].map(hasArchive)).toEqual([true, true, true]);
});

test("an archive that its thread no longer needs is set aside", async () => {
  const id = await thread();
  await sweep();
  expect(hasArchive(id)).toBe(false);
  expect(await readdir(path("left-behind"))).toEqual([expect.stringMatching(new RegExp(`^${id}[.]\\d+$`))]);
  expect(hasWorktree(id)).toBe(true);
});

test("files of a deleted thread go; files that nobody knows stay", async () => {
  const [id, unknown] = [await thread(), newId()];
  await put("left-behind", `${id}.1`, "tree/file");
  await put("worktrees", unknown, "tree/file");
  await put("archives", unknown, "job/worktree.tar.gz");
  const owner = await threadScope(db, workspace.principals.owner, id, "thread.delete");
  const { jobId } = await requestRemove(owner);
  await sweep();
  expect(hasWorktree(id)).toBe(true);
  await put("left-behind", `${id}.1`, "tree/file");
  await deleteThread(await jobScope(db, jobId));
  await sweep();
  expect(await readdir(path("worktrees"))).toEqual([unknown]);
  expect(await readdir(path("archives"))).toEqual([unknown]);
  expect(await readdir(path("left-behind"))).toEqual([]);
});

test("what was set aside a week ago goes, whatever an agent has put in it, and what came since stays", async () => {
  const week = 7 * 24 * 60 * 60 * 1000;
  const [old, older, fresh] = [`a.${Date.now() - week - 2}`, `b.${Date.now() - week - 1}`, `c.${Date.now()}`];
  for (const name of [old, older, fresh]) await put("left-behind", name, "tree/file");
  const deep = "for i in $(seq 60); do d=$(printf 'd%.0s' $(seq 100)); mkdir $d; cd $d; done; echo > bottom";
  execFileSync("bash", ["-c", deep], { cwd: path("left-behind", old, "tree") });
  await setAsideLeftBehind(db, "here", homeDir);
  expect(await readdir(path("left-behind"))).toEqual([fresh]);
});
