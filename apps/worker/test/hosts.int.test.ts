import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fingerprint, userGit } from "@heddle/agent/git/testing/project";
import { requestArchive, requestRestore } from "@heddle/db/archive";
import { setDraining } from "@heddle/db/hosts";
import { requestCommit } from "@heddle/db/jobs";
import { type ThreadScope, threadScope, workspaceScope } from "@heddle/db/scope";
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

/** As if A had been dead for long. */
async function forgetLease(): Promise<void> {
  await stage.db.prisma.host.update({ where: { id: a.hostId }, data: { leaseExpiresAt: new Date(0) } });
  await stage.db.prisma.host.update({ where: { id: b.hostId }, data: { liveSince: new Date(0) } });
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

  test("that is the only one is waited for; nothing fails", { timeout: longMs }, async () => {
    const scope = await stage.prompt(
      script(shell("echo a > a; echo '*.log' > .gitignore"), shell("touch b; sleep 600"), "Done."),
    );
    await there(a.file(scope.threadId, "b"));
    await a.signal("SIGKILL");
    const leases = () => stage.db.prisma.host.count({ where: { leaseExpiresAt: { gt: new Date() } } });
    await until(async () => (await leases()) === 0);
    await new Promise((resolve) => setTimeout(resolve, 25_000));
    expect((await thread(scope)).status).toBe("running");
    await a.start();
    expect((await settled(scope)).status).toBe("idle");
    expect(await thread(scope)).toMatchObject({ hostId: a.hostId, moves: 0 });
    expect((await commandsOf(scope)).map(([, status]) => status)).toEqual(["completed", "interrupted"]);
    expect(existsSync(a.file(scope.threadId, "b"))).toBe(true);
  });

  test("together with the other keeps its threads, ignored files too, when both come back", {
    timeout: longMs,
  }, async () => {
    const onA = await stage.prompt(script(shell(makeFiles), shell("touch mark; sleep 600"), "Done."));
    await there(a.file(onA.threadId, "mark"));
    await b.start();
    const onB = await stage.prompt(script(shell(makeFiles), shell("touch mark; sleep 600"), "Done."));
    await there(b.file(onB.threadId, "mark"));
    await Promise.all([a.signal("SIGKILL"), b.signal("SIGKILL")]);
    const before = [await inTree(a, onA), await inTree(b, onB)];
    await stage.db.prisma.host.updateMany({ data: { leaseExpiresAt: new Date(Date.now() - 60_000) } });
    await b.start();
    await a.start();
    for (const [scope, host] of [
      [onA, a],
      [onB, b],
    ] as const) {
      expect((await settled(scope)).status).toBe("idle");
      expect(await thread(scope)).toMatchObject({ hostId: host.hostId, moves: 0 });
    }
    expect([await inTree(a, onA), await inTree(b, onB)]).toEqual(before);
  });

  test("leaves its archived threads to be restored elsewhere, as of the last checkpoint", {
    timeout: longMs,
  }, async () => {
    const scope = await stage.prompt(script(shell(makeFiles), "Done."));
    await settled(scope);
    const kept = (await inTree(a, scope)).filter((line) => !line.startsWith("x.log "));
    const allowed = await threadScope(stage.db, scope.principal, scope.threadId, "thread.archive");
    await requestArchive(allowed, { keepIgnored: true });
    await stage.poke(scope.threadId);
    await until(async () => (await thread(scope)).status === "archived");
    await b.start();
    await a.signal("SIGKILL");
    await forgetLease();
    await requestRestore(allowed);
    await stage.poke(scope.threadId);
    await until(async () => (await thread(scope)).status === "idle");
    expect((await thread(scope)).hostId).toBe(b.hostId);
    expect(await inTree(b, scope)).toEqual(kept);
    expect((await noticesOf(scope)).at(-1)).toContain("lies on a host that does not answer");
  });

  test("whose threads nobody can go on with elsewhere says why", { timeout: longMs }, async () => {
    const scope = await stage.prompt(script(shell("echo a > a"), "Done."));
    await settled(scope);
    await userGit(stage.sourceDir, "commit", "-q", "--amend", "-m", "Rewritten");
    await userGit(stage.sourceDir, "reflog", "expire", "--expire=now", "--all");
    await userGit(stage.sourceDir, "gc", "-q", "--prune=now");
    await b.start();
    await a.signal("SIGKILL");
    await forgetLease();
    await follow(scope, script("Done."));
    expect((await settled(scope)).status).toBe("failed");
    expect((await itemsOf(scope)).at(-1)).toMatchObject({
      code: "REF_NOT_FOUND",
      message: expect.stringContaining("no longer has the commit"),
    });
  });

  test("is not asked to clone a project for long", { timeout: longMs }, async () => {
    await b.start();
    await a.signal("SIGKILL");
    const { id: workspaceId, principals } = stage.workspace;
    const projects = ["p1", "p2", "p3"].map((id) => ({
      id,
      workspaceId,
      name: id,
      sourcePath: stage.sourceDir,
      createdById: principals.owner.userId,
    }));
    await stage.db.prisma.project.createMany({ data: projects });
    await until(async () => (await stage.db.prisma.project.count({ where: { workspaceId, status: "cloning" } })) === 0);
    for (const { id } of projects) expect(existsSync(join(b.homeDir, "repos", id, "upstream.git"))).toBe(true);
  });
});

describe("a host that does not answer for a while", () => {
  test("and comes back after its time writes nothing, and its commands end", { timeout: longMs }, async () => {
    const loop = "while true; do date >> ticks; sleep 0.2; done # of-a-paused-host";
    const inCommand = await stage.prompt(script(shell("echo a > a"), shell(loop), shell("echo b > b"), "Done."));
    const hangs = `times=1 after=3 ${script({ text: "A few words before.", calls: [shell("echo a > a")] }, "Done.")}`;
    const inStream = await stage.prompt(hangs, "demo/scenario-hang");
    await there(a.file(inCommand.threadId, "ticks"));
    await until(async () => (await itemsOf(inStream)).some((item) => item.type === "agentMessage" && item.text !== ""));
    await b.start();
    await a.signal("SIGSTOP");
    for (const scope of [inCommand, inStream]) {
      expect((await settled(scope)).status).toBe("idle");
      expect(await thread(scope)).toMatchObject({ hostId: b.hostId, moves: 1 });
    }
    const before = await rowsOf([inCommand, inStream]);
    expect(await processesWith("of-a-paused-host")).not.toEqual([]);
    await a.signal("SIGCONT");
    await a.ended();
    expect(await processesWith("of-a-paused-host")).toEqual([]);
    expect(await rowsOf([inCommand, inStream])).toEqual(before);
    expect(before.usage.filter(({ estimated, purpose }) => estimated && purpose === "step")).toHaveLength(1);

    await a.start();
    await follow(inCommand, script(shell("cat a b"), "Done."));
    expect((await settled(inCommand)).status).toBe("idle");
    expect(await thread(inCommand)).toMatchObject({ hostId: b.hostId, moves: 1 });
  });

  test("because it has its hands full keeps its threads", { timeout: longMs }, async () => {
    await a.signal("SIGKILL");
    await stage.db.prisma.host.deleteMany();
    await stage.startWorker({}, { stepsAtOnce: 1 });
    const busy = await stage.prompt(script(shell("sleep 50"), "Done."));
    await until(async () => (await commandsOf(busy)).length === 1);
    await b.start();
    await stage.db.prisma.host.update({ where: { id: b.hostId }, data: { drainingAt: new Date() } });
    const waiting = await stage.prompt(script(shell("echo a > a"), "Done."));
    await until(async () => (await thread(waiting)).hostId === "stage");
    await stage.db.prisma.host.update({ where: { id: b.hostId }, data: { drainingAt: null } });
    for (const scope of [waiting, busy]) {
      expect((await settled(scope)).status).toBe("idle");
      expect(await thread(scope)).toMatchObject({ hostId: "stage", moves: 0 });
    }
  });
});

describe("a host that is drained", () => {
  const drain = async (host: TestHost, draining = true) => {
    const { principals, id } = stage.workspace;
    await setDraining(await workspaceScope(stage.db, principals.owner, id, "host.manage"), host.hostId, draining);
  };

  test("loses nothing: turns go on elsewhere after their step, others after one of their next turn", {
    timeout: longMs,
  }, async () => {
    const numbers = [1, 2, 3, 4, 5, 6];
    const steps = numbers.map((number) => shell(`sleep 1; echo ${number} >> effects`));
    const idle = await stage.prompt(script(shell(makeFiles), "Done."));
    await settled(idle);
    await b.start();
    const working = await promptOnA(script(shell(makeFiles), ...steps, "All."));
    await there(a.file(working.threadId, "effects"));
    await drain(a);
    const fresh = await stage.prompt(script(shell("echo fresh > fresh"), "Done."));
    for (const scope of [working, fresh]) {
      expect((await settled(scope)).status).toBe("idle");
      expect((await thread(scope)).hostId).toBe(b.hostId);
    }
    expect(await thread(working)).toMatchObject({ moves: 1 });
    expect(await noticesOf(working)).toEqual([expect.stringContaining("is being emptied")]);
    const commands = await commandsOf(working);
    expect(commands.map(([, status]) => status)).toEqual([...numbers, 0].map(() => "completed"));
    expect(await readFile(b.file(working.threadId, "effects"), "utf8")).toBe(numbers.map((n) => `${n}\n`).join(""));
    const steady = (lines: string[]) => lines.filter((line) => !/^(effects|x\.log) /.test(line));
    expect(steady(await inTree(b, working))).toEqual(steady(await inTree(a, working)));
    expect(steady(await inTree(b, working)).length).toBeGreaterThan(10);

    expect(await thread(idle)).toMatchObject({ hostId: a.hostId, moves: 0 });
    await writeFile(a.file(idle.threadId, "by-hand"), "by hand\n");
    const before = steady(await inTree(a, idle));
    await follow(idle, script(shell("true"), "Done."));
    expect((await settled(idle)).status).toBe("idle");
    expect(await thread(idle)).toMatchObject({ hostId: b.hostId, moves: 1 });
    expect(await inTree(b, idle)).toEqual(before);

    const commit = await threadScope(stage.db, idle.principal, idle.threadId, "thread.commit");
    await requestCommit(commit, { message: "From elsewhere" });
    await stage.poke(idle.threadId);
    await until(async () => (await thread(idle)).headCommit);
    await assertSound(b);
    await a.signal("SIGTERM");
    await a.ended();
    for (const scope of [working, idle, fresh]) expect((await thread(scope)).status).toBe("idle");
  });

  test("takes its threads back when it is alone, and an update in the middle of a turn is gone through", {
    timeout: longMs,
  }, async () => {
    await drain(a);
    const scope = await stage.prompt(script(shell("echo 1 >> effects; sleep 5"), shell("echo 2 >> effects"), "Done."));
    await there(a.file(scope.threadId, "effects"));
    await a.signal("SIGTERM");
    await a.ended();
    await a.start();
    expect((await settled(scope)).status).toBe("idle");
    expect(await thread(scope)).toMatchObject({ hostId: a.hostId, moves: 0 });
    expect(await readFile(a.file(scope.threadId, "effects"), "utf8")).toBe("1\n2\n");
    expect((await commandsOf(scope)).map(([, status]) => status)).toEqual(["interrupted", "completed"]);
  });
});
