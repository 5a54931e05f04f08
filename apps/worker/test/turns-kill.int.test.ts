import { spawn } from "node:child_process";
import { join } from "node:path";
import { threadWorkflowId } from "@heddle/agent/contract";
import { fingerprint } from "@heddle/agent/git/testing/project";
import { interruptTurn } from "@heddle/db/interrupts";
import { resendTurn } from "@heddle/db/retry";
import type { ThreadScope } from "@heddle/db/scope";
import { getThread } from "@heddle/db/threads";
import { listTurns, sendTurn } from "@heddle/db/turns";
import { Client, Connection } from "@temporalio/client";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell, until } from "./harness.ts";
import { buildWorker, createTestHost, processesWith, type TestHost, type WorkerProgram } from "./host-process.ts";

/** A dead worker's steps are given away after ten seconds without a sign of life. */
const longMs = 300_000;
const someThreads = 5;

let program: WorkerProgram;
let stage: Stage;
let host: TestHost;

beforeAll(async () => {
  program = await buildWorker();
});
afterAll(() => program?.remove());
beforeEach(async () => {
  stage = await openStage();
  host = createTestHost(stage, program, "host");
  await host.start();
});
afterEach(async () => {
  await host?.signal("SIGKILL");
  await stage?.close();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const isGit = (path: string) => path === ".git" || path.startsWith(".git/");
const treeOf = (scope: ThreadScope) => fingerprint(host.file(scope.threadId, "."), isGit);

/** As many threads at once; they come to their steps at different times, so that one kill finds them everywhere. */
function several<T>(make: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: someThreads }, (_, index) => make(index)));
}

async function follow(scope: ThreadScope, ...steps: unknown[]): Promise<void> {
  await sendTurn(scope, { prompt: script(...steps) });
  await stage.poke(scope.threadId);
  await settled(scope);
}

test("interrupted while the worker lies killed: nothing goes on, and each lost request is counted once", {
  timeout: longMs,
}, async () => {
  const stream = await stage.prompt("tokens=5000 delay=20 nonce=stream", "demo/scenario-slow");
  const command = await stage.prompt(script(shell("echo once >> effects; sleep 7654321"), shell("echo 2 >> effects")));
  await until(async () => (await itemsOf(stream)).some(({ type }) => type === "agentMessage"));
  await until(async () => (await processesWith("sleep\x007654321")).length > 0);
  await pause(1_200);
  await host.signal("SIGKILL");
  await interruptTurn(stream);
  await interruptTurn(command);
  await host.start();
  expect(await settled(stream)).toMatchObject({ status: "idle" });
  expect(await settled(command)).toMatchObject({ status: "idle", filesModified: 1 });
  expect(await processesWith("sleep\x007654321")).toEqual([]);
  expect((await itemsOf(stream)).map(({ type, status }) => [type, status])).toEqual([
    ["userMessage", "completed"],
    ["agentMessage", "interrupted"],
    ["notice", "completed"],
  ]);
  const records = await stage.db.prisma.usageRecord.findMany({ where: { threadId: stream.threadId, purpose: "step" } });
  expect(records).toMatchObject([{ estimated: true, outputTokens: expect.any(Number) }]);
  expect(records[0]?.outputTokens).toBeGreaterThan(0);
});

test("interrupted, and nobody there for a while: what the turn has left is kept", { timeout: longMs }, async () => {
  const scope = await stage.prompt(script(shell("echo kept > kept; sleep 7654322"), "Done."));
  await until(async () => (await processesWith("sleep\x007654322")).length > 0);
  const store = join(host.homeDir, "repos", stage.workspace.projectId, "threads.git");
  const holder = spawn("flock", ["--exclusive", store, "sleep", "300"], { detached: true, stdio: "ignore" });
  await interruptTurn(scope);
  const connection = await Connection.connect({ address: stage.temporalAddress });
  const thread = new Client({ connection }).workflow.getHandle(threadWorkflowId(scope.threadId));
  await until(async () =>
    (await thread.describe()).raw.pendingActivities?.some(
      ({ activityType }) => activityType?.name === "keepLastCheckpoint",
    ),
  );
  await host.signal("SIGKILL");
  process.kill(-(holder.pid as number), "SIGKILL");
  await until(async () =>
    (await thread.fetchHistory()).events?.some((event) => event.activityTaskTimedOutEventAttributes),
  );
  await connection.close();
  await host.start();
  expect(await settled(scope)).toMatchObject({ status: "idle", filesModified: 1 });
});

test("a steering prompt is taken in once, wherever the worker is killed", { timeout: longMs }, async () => {
  const scopes = await several((index) =>
    stage.prompt(script(...Array.from({ length: 6 }, () => shell(`sleep 0.${index + 1}`)), "By itself.")),
  );
  await Promise.all(
    scopes.map((scope) => until(async () => (await itemsOf(scope)).some(({ type }) => type === "commandExecution"))),
  );
  await Promise.all(scopes.map((scope) => sendTurn(scope, { prompt: script("As you wish."), mode: "steer" })));
  await pause(400);
  await host.signal("SIGKILL");
  await host.start();
  for (const scope of scopes) {
    expect(await settled(scope)).toMatchObject({ status: "idle", queuedTurns: 0 });
    const items = await itemsOf(scope);
    expect(items.filter(({ type }) => type === "userMessage")).toHaveLength(2);
    expect(items.at(-1)).toMatchObject({ type: "agentMessage", text: "As you wish." });
    expect((await listTurns(scope)).map(({ status }) => status)).toEqual(["completed", "steered"]);
  }
});

test("files are put back, and what was there is kept, wherever the worker is killed", { timeout: longMs }, async () => {
  const many = (text: string) => `mkdir -p many; for n in $(seq 400); do echo ${text} $n > many/$n; done`;
  const threads = await several(async () => {
    const scope = await stage.prompt(
      script(shell(`${many("one")}; echo '*.log' > .gitignore; echo i > x.log`), "One."),
    );
    await settled(scope);
    const first = await treeOf(scope);
    await follow(scope, shell(`${many("two")}; rm many/1*; echo new > new; mkfifo pipe; echo j > x.log`), "Two.");
    const { lastCheckpoint } = await getThread(scope);
    return { scope, first, kept: lastCheckpoint };
  });
  await Promise.all(
    threads.map(async ({ scope }, index) => {
      await pause(index * 60);
      const turnId = (await listTurns(scope))[1]?.id as string;
      await resendTurn(scope, { turnId, prompt: script("Back."), restoreFiles: true });
      await stage.poke(scope.threadId);
    }),
  );
  const restored = { threadId: { in: threads.map(({ scope }) => scope.threadId) }, type: "notice" as const };
  await until(async () => (await stage.db.prisma.item.count({ where: restored })) > someThreads / 2);
  await host.signal("SIGKILL");
  await host.start();
  for (const { scope, first, kept } of threads) {
    expect(await settled(scope)).toMatchObject({ status: "idle" });
    const ignored = (line: string) => !/^(x\.log|pipe)/.test(line);
    expect((await treeOf(scope)).filter(ignored)).toEqual(first.filter(ignored));
    const notices = (await itemsOf(scope)).filter(({ type }) => type === "notice");
    expect(notices).toMatchObject([{ kind: "filesRestored", status: "completed", checkpoint: kept }]);
  }
});
