import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chunk, createRawServer, startStream } from "@heddle/agent/models/testing/raw-server";
import type { Sandboxes } from "@heddle/agent/sandbox/sandboxes";
import { processesWith, sleepMarker } from "@heddle/agent/sandbox/testing/sandbox-home";
import { newId } from "@heddle/db/ids";
import { interruptTurn } from "@heddle/db/interrupts";
import { retryTurn } from "@heddle/db/retry";
import { beginAttempt, openMessage, savePartialText } from "@heddle/db/run-step";
import type { ThreadScope } from "@heddle/db/scope";
import { claimTestTurn } from "@heddle/db/testing/turns";
import { getThread } from "@heddle/db/threads";
import { releaseQueued } from "@heddle/db/turn-queue";
import { listTurns, sendTurn } from "@heddle/db/turns";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WorkerHandle } from "../src/worker.ts";
import { itemsOf, openStage, type Stage, script, settled, shell, until } from "./harness.ts";

let stage: Stage;
let worker: WorkerHandle;

beforeAll(async () => {
  stage = await openStage();
  worker = await stage.startWorker();
});
afterAll(() => stage?.close());

/** What the API does. */
async function interrupt(scope: ThreadScope): Promise<void> {
  await interruptTurn(scope);
  await stage.poke(scope.threadId);
}

async function running(scope: ThreadScope, type: "agentMessage" | "commandExecution") {
  return until(async () => (await itemsOf(scope)).find((item) => item.type === type && item.status === "running"));
}

const usageOf = (scope: ThreadScope) =>
  stage.db.prisma.usageRecord.findMany({
    where: { threadId: scope.threadId, purpose: "step" },
    orderBy: { id: "asc" },
  });

const nothing = { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: true };

const slow = (text = "") => stage.prompt(`tokens=2000 delay=10 ${text}`, "demo/scenario-slow");

/** Runs the thread until its command prints `started`, with this in its command line. */
async function command(text: (marker: string) => string) {
  const marker = sleepMarker();
  const scope = await stage.prompt(script(shell(text(marker)), shell("echo never > never.txt"), "Done."));
  await until(async () => (await processesWith(`sleep\0${marker}`)).length > 0);
  return { scope, marker };
}

async function addProvider(name: string, origin: string): Promise<void> {
  const workspaceId = stage.workspace.id;
  const models = { create: [{ id: "m", position: 0 }] };
  const baseUrl = `${origin}/v1`;
  await stage.db.prisma.provider.create({
    data: { id: newId(), workspaceId, name, kind: "openai_chat", baseUrl, models },
  });
}

describe("an interrupt", () => {
  test("ends a stream: what came stays, and its request is counted", async () => {
    const scope = await slow();
    await until(async () => {
      const item = await running(scope, "agentMessage");
      return item.type === "agentMessage" && item.text.length > 50;
    });
    await interrupt(scope);
    expect(await settled(scope)).toMatchObject({ status: "idle", queuedTurns: 0 });
    const items = await itemsOf(scope);
    expect(items.map(({ type, status }) => [type, status])).toEqual([
      ["userMessage", "completed"],
      ["agentMessage", "interrupted"],
      ["notice", "completed"],
    ]);
    const [, message] = items;
    expect(message).toMatchObject({ text: expect.stringMatching(/^word1 word2 .*word9 word10/) });
    const [usage, ...more] = await usageOf(scope);
    expect(more).toEqual([]);
    expect(usage).toMatchObject({ estimated: true });
    expect(usage?.outputTokens).toBeGreaterThan(10);
    expect(usage?.inputTokens).toBeGreaterThan(100);
  });

  const stubborn: [string, (marker: string) => string][] = [
    ["that waits", (marker) => `echo before; sleep ${marker}`],
    ["that ignores signals", (marker) => `trap '' TERM INT HUP QUIT; echo before; sleep ${marker}; sleep ${marker}`],
    [
      "whose processes hide in sessions of their own",
      (marker) =>
        `echo before; trap '' TERM INT HUP; (setsid bash -c "trap '' TERM; (sleep ${marker} &) ; sleep ${marker}" > /dev/null 2>&1 &); sleep ${marker}`,
    ],
    ["that prints without end", (marker) => `echo before; sleep ${marker} & yes`],
  ];

  test.each(stubborn)("ends a command %s, with all its processes", async (_, text) => {
    const { scope, marker } = await command(text);
    await interrupt(scope);
    expect(await settled(scope)).toMatchObject({ status: "idle" });
    expect(await processesWith(marker)).toEqual([]);
    const items = await itemsOf(scope);
    expect(items.find(({ type }) => type === "commandExecution")).toMatchObject({
      status: "interrupted",
      exitCode: null,
      output: expect.stringMatching(/^before\n/),
    });
    expect(items.at(-1)).toMatchObject({ type: "notice", kind: "interrupted" });
  });

  test("keeps the calls that never ran from running, and tells the model of both", async () => {
    const marker = sleepMarker();
    const calls = [shell("echo 1 > one.txt"), shell(`echo half; sleep ${marker}`), shell("echo 3 > three.txt")];
    const scope = await stage.prompt(script({ text: "All three.", calls }, "Done."));
    await until(async () => (await processesWith(`sleep\0${marker}`)).length > 0);
    await interrupt(scope);
    await settled(scope);
    const commands = (await itemsOf(scope)).filter(({ type }) => type === "commandExecution");
    expect(commands).toMatchObject([
      { status: "completed" },
      { status: "interrupted", output: "half\n" },
      { status: "interrupted", note: "Not run: the turn ended before." },
    ]);
    await sendTurn(scope, { prompt: script(shell("ls *.txt"), "Seen.") });
    await stage.poke(scope.threadId);
    expect(await settled(scope)).toMatchObject({ status: "idle" });
    expect((await itemsOf(scope)).at(-2)).toMatchObject({ output: "one.txt\n" });
  });

  test("keeps the files that an interrupted command has left in a checkpoint", async () => {
    const { scope } = await command((marker) => `echo half > half.txt; sleep ${marker}`);
    await interrupt(scope);
    expect(await settled(scope)).toMatchObject({ filesModified: 1, lastCheckpoint: expect.any(String) });
  });

  test("ends the wait for a model that asks for patience, and tells of it; a request that brought nothing costs nothing", async () => {
    const scope = await stage.prompt("retryAfter=300 times=9 nonce=patience", "demo/scenario-429");
    const wait = async () => (await itemsOf(scope)).find((item) => item.type === "notice" && item.kind === "modelWait");
    await until(async () => (await wait()) !== undefined);
    expect(await wait()).toMatchObject({
      message: expect.stringMatching(/ asked again after 3\d\d s \(attempt 2\)\.$/),
    });
    await interrupt(scope);
    expect(await settled(scope)).toMatchObject({ status: "idle", usage: { costUsd: 0 } });
    expect(await usageOf(scope)).toMatchObject([{ inputTokens: 0, outputTokens: 0, estimated: false }]);
  });

  test("ends a request that nobody answers, and hangs up", async () => {
    const server = await createRawServer();
    const hungUp = new Promise<void>((resolve) => {
      server.answerWith((response) => response.once("close", resolve));
    });
    await addProvider("silent", server.origin);
    const scope = await stage.prompt("Anybody?", "silent/m");
    await until(async () => server.requests.length > 0);
    await until(() => stage.db.prisma.modelStep.findFirst({ where: { turn: { threadId: scope.threadId } } }));
    await interrupt(scope);
    await hungUp;
    expect(await settled(scope)).toMatchObject({ status: "idle" });
    const [usage] = await usageOf(scope);
    expect(usage).toMatchObject({ outputTokens: 0, estimated: true });
    server.close();
  });

  test("asked for twice, and while the turn comes to its end by itself, leaves the thread at rest", async () => {
    const scopes = await Promise.all(
      Array.from({ length: 6 }, (_, index) => stage.prompt(script(shell(`echo ${index}`), "Done."))),
    );
    await Promise.all(
      scopes.map(async (scope, index) => {
        await new Promise((resolve) => setTimeout(resolve, 250 * index));
        const results = await Promise.allSettled([interrupt(scope), interrupt(scope)]);
        for (const result of results) {
          if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "NOT_RUNNING" });
        }
        expect(await settled(scope)).toMatchObject({ status: "idle" });
        const items = await itemsOf(scope);
        expect(items.filter(({ status }) => status === "running")).toEqual([]);
        expect(items.filter(({ type }) => type === "notice").length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("holds what is queued until it is let go; a retry goes on with the interrupted turn", async () => {
    const scope = await slow();
    await running(scope, "agentMessage");
    await sendTurn(scope, {
      prompt: script(shell("echo queued > queued.txt"), "Queued."),
      model: "demo/scenario-tools",
    });
    await interrupt(scope);
    expect(await settled(scope)).toMatchObject({ status: "idle", queuedTurns: 1 });
    await stage.poke(scope.threadId);
    await retryTurn(scope);
    await stage.poke(scope.threadId);
    await running(scope, "agentMessage");
    await interrupt(scope);
    expect(await settled(scope)).toMatchObject({ status: "idle", queuedTurns: 1 });
    await releaseQueued(scope);
    await stage.poke(scope.threadId);
    expect(await settled(scope)).toMatchObject({ status: "idle", queuedTurns: 0 });
    expect((await listTurns(scope)).map(({ status }) => status)).toEqual(["interrupted", "completed"]);
  });

  test("ends the search for a title, too; the next turn finds one", async () => {
    const server = await createRawServer();
    const isTitle = () => JSON.stringify(server.requests.at(-1)?.body).includes("title");
    server.answerWith((response) => {
      startStream(response);
      if (isTitle()) return;
      response.end(`${chunk({ content: "Hello" })}${chunk({}, "stop")}data: [DONE]\n\n`);
    });
    await addProvider("titles", server.origin);
    const scope = await stage.prompt("Hello?", "titles/m");
    await until(async () =>
      (await itemsOf(scope)).some(({ type, status }) => type === "agentMessage" && status === "completed"),
    );
    expect((await getThread(scope)).status).toBe("running");
    await interrupt(scope);
    expect(await settled(scope)).toMatchObject({ status: "idle", title: "Hello?" });
    server.close();
    await sendTurn(scope, { prompt: script("There."), model: "demo/scenario-tools" });
    await stage.poke(scope.threadId);
    expect((await settled(scope)).title).not.toBe("Hello?");
  });
});

describe("an interrupt that no worker hears", () => {
  test("takes effect before any further step once there is one again", async () => {
    const scope = await slow("nonce=dead");
    await until(async () => {
      const item = await running(scope, "agentMessage");
      return item.type === "agentMessage" && item.text.length > 20;
    });
    worker.stop();
    await worker.done;
    const log = () => fetch(`${stage.demo.baseUrl.replace("/v1", "")}/_requests?contains=nonce%3Ddead`);
    const asked = ((await (await log()).json()) as { count: number }).count;
    await interrupt(scope);
    expect(await getThread(scope)).toMatchObject({ status: "running", stopping: true });
    worker = await stage.startWorker();
    expect(await settled(scope)).toMatchObject({ status: "idle" });
    expect(((await (await log()).json()) as { count: number }).count).toBe(asked);
    expect((await itemsOf(scope)).map(({ type, status }) => [type, status])).toEqual([
      ["userMessage", "completed"],
      ["agentMessage", "interrupted"],
      ["notice", "completed"],
    ]);
    expect(await usageOf(scope)).toMatchObject([{ estimated: true }]);
  });

  test("counts the request that was lost with its worker", async () => {
    worker.stop();
    await worker.done;
    const scope = await slow();
    const turn = await claimTestTurn(stage.db, scope.threadId);
    const attempt = await beginAttempt(turn, 0, "demo/scenario-slow", () => nothing);
    await openMessage(turn, 0, "demo/scenario-slow", attempt);
    await savePartialText(turn, `${turn.turnId}/0`, "demo/scenario-slow", attempt, "word1 word2");
    await interrupt(scope);
    worker = await stage.startWorker();
    expect(await settled(scope)).toMatchObject({ status: "idle" });
    expect(await usageOf(scope)).toMatchObject([{ id: `${turn.turnId}/0/1`, estimated: true, outputTokens: 3 }]);
    expect((await itemsOf(scope))[1]).toMatchObject({ status: "interrupted", text: "word1 word2" });
  });

  test("ends a turn that waits for a person's decision", async () => {
    const { projectId } = stage.workspace;
    await stage.db.prisma.project.update({ where: { id: projectId }, data: { setupScript: "true" } });
    const scope = await stage.prompt(script("Done."));
    await until(async () => (await getThread(scope)).status === "waiting");
    await stage.db.prisma.project.update({ where: { id: projectId }, data: { setupScript: null } });
    await interrupt(scope);
    await until(async () => (await getThread(scope)).status === "idle");
    expect((await itemsOf(scope)).map(({ type }) => type)).toEqual(["userMessage", "approvalRequest", "notice"]);
  });

  test("ends a turn whose host answers no more and which no other can take", { timeout: 120_000 }, async () => {
    const { prisma } = stage.db;
    await prisma.host.create({ data: { id: "mute", leaseExpiresAt: new Date(Date.now() + 3_600_000) } });
    await prisma.host.update({ where: { id: "stage" }, data: { drainingAt: new Date() } });
    const scope = await stage.prompt(script("Never said."));
    await until(async () => (await getThread(scope)).hostId === "mute");
    await prisma.host.update({ where: { id: "stage" }, data: { drainingAt: null } });
    await interrupt(scope);
    expect(await settled(scope)).toMatchObject({ status: "idle", hostId: "mute" });
    expect((await itemsOf(scope)).map(({ type }) => type)).toEqual(["userMessage", "notice"]);
    await prisma.thread.update({ where: { id: scope.threadId }, data: { hostId: null } });
    await prisma.host.delete({ where: { id: "mute" } });
  });

  test("keeps nothing of files that were left behind when the thread moved", async () => {
    const scope = await stage.prompt(script(shell("echo a > a.txt"), "Done."));
    const { lastCheckpoint } = await settled(scope);
    worker.stop();
    await worker.done;
    await writeFile(join(stage.homeDir, "worktrees", scope.threadId, "tree", "a.txt"), "old\n");
    await stage.db.prisma.thread.update({ where: { id: scope.threadId }, data: { moves: 1 } });
    await sendTurn(scope, { prompt: script("Never said.") });
    await claimTestTurn(stage.db, scope.threadId);
    await interrupt(scope);
    worker = await stage.startWorker();
    expect(await settled(scope)).toMatchObject({ status: "idle", lastCheckpoint });
  });

  test("ends a worktree that is still being prepared", async () => {
    worker.stop();
    await worker.done;
    let reached = () => {};
    const preparing = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let release = () => {};
    const interrupted = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slowly: Sandboxes = {
      ...stage.sandboxes,
      open: async (spec) => {
        reached();
        await interrupted;
        return stage.sandboxes.open(spec);
      },
    };
    worker = await stage.startWorker({ sandboxes: slowly });
    const scope = await stage.prompt(script(shell("echo a"), "Done."));
    await preparing;
    await interrupt(scope);
    release();
    expect(await settled(scope)).toMatchObject({ status: "idle" });
    expect((await itemsOf(scope)).map(({ type }) => type)).toEqual(["userMessage", "notice"]);
  });
});
