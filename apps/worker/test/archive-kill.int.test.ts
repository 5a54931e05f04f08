import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { portrait } from "@heddle/agent/git/testing/trees";
import { requestArchive, requestRemove, requestRestore } from "@heddle/db/archive";
import type { ThreadScope } from "@heddle/db/scope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell, until } from "./harness.ts";
import { buildWorker, createTestHost, type TestHost, type WorkerProgram } from "./host-process.ts";

const longMs = 400_000;

let program: WorkerProgram;
let stage: Stage;
let a: TestHost;
let b: TestHost;

beforeAll(async () => {
  [program, stage] = await Promise.all([buildWorker(), openStage()]);
  a = createTestHost(stage, program, "host-a");
  b = createTestHost(stage, program, "host-b");
  await a.start();
});
afterAll(async () => {
  await Promise.all([a?.signal("SIGKILL"), b?.signal("SIGKILL")]);
  await stage?.close();
  await program?.remove();
});

const work = String.raw`set -e; echo changed > README.md; echo staged > staged; git add staged; echo later >> staged
printf '*.log\n' > .gitignore; echo ignored > x.log; git init -q nested; echo in > nested/file; printf x > $'odd\n\xff'
head -c 15000000 /dev/urandom > large; mkdir many; for i in $(seq 600); do echo $i > many/$i; done
mkdir -p shut/in; echo s > shut/in/s; chmod 0 shut/in/s; chmod 0 shut`;

async function worked(): Promise<ThreadScope> {
  const scope = await stage.prompt(script(shell(work), "Done."));
  expect((await settled(scope)).status).toBe("idle");
  return scope;
}

const tree = (scope: ThreadScope, host = a) => portrait(host.file(scope.threadId).replace(/\/$/, ""));
const row = ({ threadId }: ThreadScope) => stage.db.prisma.thread.findUnique({ where: { id: threadId } });
const worktreeOf = (scope: ThreadScope, host = a) => join(host.homeDir, "worktrees", scope.threadId);
const archivesOf = (scope: ThreadScope, host = a) => join(host.homeDir, "archives", scope.threadId);
const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
const namesIn = (dir: string) => readdir(dir).catch((): string[] => []);
const checkpointsOf = (host: TestHost, { projectId }: ThreadScope) =>
  namesIn(join(host.homeDir, "repos", projectId, "threads.git/refs/heddle/threads"));
const countIn = (dir: string) => (existsSync(dir) ? readdirSync(dir).length : 0);

/** Looks often: what is waited for passes by. */
async function moment(passed: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await passed())) await new Promise((resolve) => setTimeout(resolve, 2));
}

async function jobEnded(jobId: string): Promise<void> {
  await until(async () => {
    const job = await stage.db.prisma.threadJob.findUnique({ where: { id: jobId } });
    expect(job?.status).not.toBe("failed");
    return job === null || job.status === "done";
  });
}

async function start(scope: ThreadScope, { jobId }: { jobId: string }): Promise<string> {
  await stage.poke(scope.threadId);
  return jobId;
}

type Moment = (scope: ThreadScope, jobId: string) => boolean | Promise<boolean>;

const momentsOfArchive: [string, Moment][] = [
  ["while the file is written", (scope, id) => sizeOf(join(archivesOf(scope), `${id}.partial/incoming`)) > 1_000_000],
  ["while the copy is restored", (scope, id) => countIn(join(archivesOf(scope), `${id}.partial/copy/tree`)) > 3],
  ["between the proof and the row", (scope, id) => existsSync(join(archivesOf(scope), id))],
  ["when the row says archived", async (scope) => (await row(scope))?.status === "archived"],
  ["while the worktree is removed", (scope) => existsSync(`${worktreeOf(scope)}.removed`)],
];

describe("a worker killed in an archive", () => {
  test.each(momentsOfArchive)(
    "%s makes it after its next start, and nothing is lost",
    { timeout: longMs },
    async (_name, at) => {
      const scope = await worked();
      const before = await tree(scope);
      const jobId = await start(scope, await requestArchive(scope, { keepIgnored: true }));
      await moment(() => at(scope, jobId));
      await a.signal("SIGKILL");
      const isArchived = (await row(scope))?.status === "archived";
      if (!isArchived) expect(await tree(scope)).toEqual(before);
      else expect(await readdir(join(archivesOf(scope), jobId))).toHaveLength(2);

      await a.start();
      await jobEnded(jobId);
      expect(await row(scope)).toMatchObject({ status: "archived", archive: { id: jobId } });
      expect((await namesIn(join(a.homeDir, "worktrees"))).filter((name) => name.startsWith(scope.threadId))).toEqual(
        [],
      );
      expect(await readdir(archivesOf(scope))).toEqual([jobId]);
      await jobEnded(await start(scope, await requestRestore(scope)));
      expect(await tree(scope)).toEqual(before);
      const notices = (await itemsOf(scope)).flatMap((item) => (item.type === "notice" ? [item.kind] : []));
      expect(notices).toEqual(["archived", "restored"]);
    },
  );
});

const momentsOfRestore: [string, Moment][] = [
  ["while files are restored", (scope) => countIn(a.file(scope.threadId)) > 3],
  ["between the files and the row", (scope) => existsSync(join(worktreeOf(scope), "prepared"))],
  ["when the row says restored", async (scope) => (await row(scope))?.status === "idle"],
];

describe("a worker killed in a restore", () => {
  test.each(momentsOfRestore)("%s completes it after its next start", { timeout: longMs }, async (_name, at) => {
    const scope = await worked();
    const before = await tree(scope);
    await jobEnded(await start(scope, await requestArchive(scope, { keepIgnored: true })));
    const jobId = await start(scope, await requestRestore(scope));
    await moment(() => at(scope, jobId));
    await a.signal("SIGKILL");
    expect(countIn(archivesOf(scope)) === 1 || (await row(scope))?.status === "idle").toBe(true);
    await a.start();
    await jobEnded(jobId);
    expect(await row(scope)).toMatchObject({ status: "idle", archive: null, archivedAt: null });
    expect(await tree(scope)).toEqual(before);
    await until(async () => !existsSync(archivesOf(scope)));
  });
});

test("a worker killed while it deletes leaves nothing after its next start", { timeout: longMs }, async () => {
  const [scope, other] = [await worked(), await worked()];
  const kept = await tree(other);
  const foreign = join(a.homeDir, "worktrees/0198c0de-0000-7000-8000-000000000000");
  await mkdir(join(foreign, "tree"), { recursive: true });
  await start(scope, await requestRemove(scope));
  await moment(async () => (await row(scope)) === null);
  await a.signal("SIGKILL");
  await a.start();
  await until(async () => !existsSync(worktreeOf(scope)) && !existsSync(`${worktreeOf(scope)}.removed`));
  const refs = await checkpointsOf(a, scope);
  expect([refs.includes(scope.threadId), refs.includes(other.threadId)]).toEqual([false, true]);
  expect(await tree(other)).toEqual(kept);
  // Neither a row nor the audit log knows it.
  expect(existsSync(foreign)).toBe(true);
});

describe("when the host is dead", () => {
  /** New threads go to A. */
  beforeEach(async () => {
    await b.signal("SIGKILL");
    await stage.db.prisma.host.deleteMany({ where: { id: b.hostId, threads: { none: {} } } });
    await stage.db.prisma.host.updateMany({ where: { id: b.hostId }, data: { leaseExpiresAt: new Date(0) } });
  });

  test("a thread comes back at another one from its last checkpoint, and says what is missing", {
    timeout: longMs,
  }, async () => {
    const scope = await worked();
    await jobEnded(await start(scope, await requestArchive(scope, { keepIgnored: true })));
    await b.start();
    await a.signal("SIGKILL");
    await jobEnded(await start(scope, await requestRestore(scope)));
    expect(await row(scope)).toMatchObject({ status: "idle", hostId: b.hostId, archive: null });
    const files = await tree(scope, b);
    expect(files.some((line) => line.startsWith("many/600 "))).toBe(true);
    expect(files.some((line) => line.startsWith("x.log "))).toBe(false);
    const notices = (await itemsOf(scope)).flatMap((item) =>
      item.type === "notice" ? [[item.kind, item.message]] : [],
    );
    expect(notices.at(-1)).toEqual(["restored", expect.stringContaining("lies on a host that does not answer")]);
    await a.start();
    expect(existsSync(archivesOf(scope))).toBe(false);
    expect((await readdir(join(a.homeDir, "left-behind"))).some((name) => name.startsWith(scope.threadId))).toBe(true);
  });

  test("a thread is deleted all the same, and its host removes the files when it comes back", {
    timeout: longMs,
  }, async () => {
    const scope = await worked();
    await b.start();
    await a.signal("SIGKILL");
    await start(scope, await requestRemove(scope));
    await until(async () => (await row(scope)) === null);
    expect(existsSync(worktreeOf(scope))).toBe(true);
    await a.start();
    expect(existsSync(worktreeOf(scope))).toBe(false);
    expect(await checkpointsOf(a, scope)).not.toContain(scope.threadId);
  });
});
