import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fingerprint, userGit } from "@heddle/agent/git/testing/project";
import { requestCommit } from "@heddle/db/jobs";
import { type ThreadScope, threadScope } from "@heddle/db/scope";
import { sendTurn } from "@heddle/db/turns";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell, until } from "./harness.ts";
import { buildWorker, createTestHost, processesWith, type TestHost, type WorkerProgram } from "./host-process.ts";

/** A death is noticed after ten seconds without a sign of life, and believed after twenty more. */
const longMs = 400_000;

let program: WorkerProgram;
let stage: Stage;
let a: TestHost;
let b: TestHost;

beforeAll(async () => {
  program = await buildWorker();
});
afterAll(() => program?.remove());
beforeEach(async () => {
  stage = await openStage();
  a = createTestHost(stage, program, "host-a");
  b = createTestHost(stage, program, "host-b");
  await a.start();
});
afterEach(async () => {
  await Promise.all([a?.signal("SIGKILL"), b?.signal("SIGKILL")]);
  await stage?.close();
});

const thread = ({ threadId }: ThreadScope) => stage.db.prisma.thread.findUniqueOrThrow({ where: { id: threadId } });
const inTree = (host: TestHost, scope: ThreadScope) => fingerprint(host.file(scope.threadId, "."), isGit);
const isGit = (path: string) => path === ".git" || path.startsWith(".git/");
const there = (path: string) => until(async () => existsSync(path));

/** A thread on host A, whatever else lives. */
async function promptOnA(text: string, model?: string): Promise<ThreadScope> {
  await stage.db.prisma.host.updateMany({ where: { id: b.hostId }, data: { drainingAt: new Date() } });
  const scope = await stage.prompt(text, model);
  await until(async () => (await thread(scope)).hostId === a.hostId);
  await stage.db.prisma.host.updateMany({ where: { id: b.hostId }, data: { drainingAt: null } });
  return scope;
}

async function follow(scope: ThreadScope, prompt: string): Promise<void> {
  await sendTurn(scope, { prompt });
  await stage.poke(scope.threadId);
}

/** Everything that is stored of the threads. */
async function rowsOf(scopes: ThreadScope[]) {
  const threadId = { in: scopes.map((scope) => scope.threadId) };
  const { prisma } = stage.db;
  return {
    threads: await prisma.thread.findMany({ where: { id: threadId }, orderBy: { id: "asc" } }),
    turns: await prisma.turn.findMany({ where: { threadId }, orderBy: { id: "asc" } }),
    steps: await prisma.modelStep.findMany({ where: { turn: { threadId } }, orderBy: { id: "asc" } }),
    items: await prisma.item.findMany({ where: { threadId }, orderBy: { id: "asc" } }),
    output: await prisma.outputChunk.count({ where: { item: { threadId } } }),
    usage: await prisma.usageRecord.findMany({ where: { threadId }, orderBy: { id: "asc" } }),
    packs: await prisma.checkpointPack.count({ where: { threadId } }),
  };
}

async function commandsOf(scope: ThreadScope) {
  const items = await itemsOf(scope);
  return items.flatMap((item) => (item.type === "commandExecution" ? [[item.command, item.status]] : []));
}
const noticesOf = async (scope: ThreadScope) =>
  (await itemsOf(scope)).flatMap((item) => (item.type === "notice" ? [item.message] : []));

async function assertSound(host: TestHost): Promise<void> {
  const dir = join(host.homeDir, "repos", stage.workspace.projectId, "threads.git");
  expect(await userGit(dir, "fsck", "--full", "--strict", "--no-dangling")).toBe("");
}

const makeFiles = String.raw`set -e; echo changed > README.md; mkdir -p deep/er hole/deep; echo new > deep/er/new; ln -s deep link
chmod 755 src/a.txt; printf x > $'odd\n\xff'; : > empty; printf 'a\0b' > nul; printf '*.log\n' > .gitignore; echo ignored > x.log`;

describe("a host that dies", () => {
  test("loses its threads to the other, each from its last checkpoint, wherever they were", {
    timeout: longMs,
  }, async () => {
    const idle = await stage.prompt(script(shell(makeFiles), "Done."));
    await settled(idle);
    const inCommand = await stage.prompt(
      script(shell(makeFiles), shell("echo once >> effects; sleep 600"), shell("echo after > after"), "Done."),
    );
    const hangs = `times=1 after=3 ${script({ text: "A few words before.", calls: [shell("echo a > a")] }, "Done.")}`;
    const inStream = await stage.prompt(hangs, "demo/scenario-hang");
    await there(a.file(inCommand.threadId, "effects"));
    const kept = await inTree(a, inCommand);
    await until(async () => (await itemsOf(inStream)).some((item) => item.type === "agentMessage" && item.text !== ""));
    await b.start();
    const incoming = join(a.homeDir, "repos", stage.workspace.projectId, "threads.git/incoming");
    const inCheckpoint = await promptOnA(
      script(shell("echo kept > kept"), shell("head -c 80000000 /dev/urandom > big"), shell("ls"), "Done."),
    );
    await until(async () => (await commandsOf(inCheckpoint))[1]?.[1] === "completed");
    await until(async () => (await readdir(incoming)).some((name) => name.startsWith(inCheckpoint.threadId)));
    await a.signal("SIGKILL");

    for (const scope of [inCommand, inStream, inCheckpoint]) {
      expect((await settled(scope)).status).toBe("idle");
      expect(await thread(scope)).toMatchObject({ hostId: b.hostId, moves: 1 });
      expect(await noticesOf(scope)).toEqual([expect.stringContaining("stopped answering")]);
    }
    expect(await commandsOf(inCommand)).toEqual([
      [makeFiles, "completed"],
      ["echo once >> effects; sleep 600", "interrupted"],
      ["echo after > after", "completed"],
    ]);
    const lost = kept.filter((line) => /^(effects|x\.log) /.test(line));
    expect(lost).toHaveLength(2);
    const moved = (await inTree(b, inCommand)).filter((line) => !line.startsWith("after "));
    expect(moved).toEqual(kept.filter((line) => !lost.includes(line)));

    const steps = await stage.db.prisma.usageRecord.findMany({
      where: { threadId: inStream.threadId, purpose: "step" },
      orderBy: { id: "asc" },
    });
    expect(steps.map(({ id, estimated }) => [id.split("/").slice(1).join("/"), estimated])).toEqual([
      ["0/1", true],
      ["0/2", false],
      ["1/1", false],
    ]);
    expect((await commandsOf(inCheckpoint)).map(([, status]) => status)).toEqual([
      "completed",
      "completed",
      "completed",
    ]);
    expect(await readdir(b.file(inCheckpoint.threadId))).not.toContain("big");
    expect(await readdir(b.file(inCheckpoint.threadId))).toContain("kept");

    const before = (await inTree(a, idle)).filter((line) => !line.startsWith("x.log "));
    await follow(idle, script(shell("ls -A"), "Done."));
    expect((await settled(idle)).status).toBe("idle");
    expect(await inTree(b, idle)).toEqual(before);
    await assertSound(b);

    await a.start();
    expect((await readdir(join(a.homeDir, "left-behind"))).map((name) => name.split(".")[0]).sort()).toEqual(
      [idle, inCommand, inStream, inCheckpoint].map(({ threadId }) => threadId).sort(),
    );
    await until(async () => {
      const { liveSince } = await stage.db.prisma.host.findUniqueOrThrow({ where: { id: a.hostId } });
      return liveSince !== null && Date.now() - liveSince.getTime() > 16_000;
    });
    const left = await inTree(b, inCommand);
    await b.signal("SIGKILL");
    await follow(inCommand, script(shell("cat after"), "Done."));
    expect((await settled(inCommand)).status).toBe("idle");
    expect(await thread(inCommand)).toMatchObject({ hostId: a.hostId, moves: 2 });
    expect(await inTree(a, inCommand)).toEqual(left);
    await assertSound(a);
  });
});
