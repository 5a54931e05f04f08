import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { finishTurn } from "./finish-turn.ts";
import { loadHistory } from "./history.ts";
import { renewHost, startHost } from "./hosts.ts";
import { listItems } from "./items.ts";
import { failJob, requestCommit } from "./jobs.ts";
import { placeThread } from "./placement.ts";
import { progress, turnScope } from "./run-scope.ts";
import {
  beginAttempt,
  completedStep,
  completeStep,
  openMessage,
  recordCutAttempt,
  savePartialText,
} from "./run-step.ts";
import { claimTool, completeTool } from "./run-tool.ts";
import { claimNext, loadTurn, recordBase, unfinishedThreads } from "./run-turn.ts";
import { projectScope, threadScope, workspaceScope } from "./scope.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace, testProjectScope } from "./testing/fixtures.ts";
import { createThread, getThread } from "./threads.ts";
import { authenticateToken, createBotToken, revokeToken } from "./tokens.ts";
import { sendTurn } from "./turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
});
afterAll(() => close());

const usage = { inputTokens: 100, outputTokens: 10, costUsd: 0, estimated: false };
const shellCall = { id: "call_1", name: "shell", arguments: '{"command":"true"}' };
const shellItem = {
  call: shellCall,
  type: "commandExecution" as const,
  data: { command: "true", exitCode: null, output: "", outputBytes: 0, durationMs: null },
};
const estimate = (text: string) => ({
  inputTokens: 50,
  outputTokens: text.length,
  costUsd: 0.5,
  estimated: true,
});

async function newThread(prompt = "Do it") {
  const scope = await testProjectScope(db, workspace);
  const thread = await createThread(scope, { prompt, visibility: "shared" });
  return threadScope(db, workspace.principals.member, thread.id, "thread.prompt");
}

async function claimTurn(threadId: string) {
  const claim = await claimNext(db, threadId);
  if (claim?.kind !== "turn") throw new Error("no turn to claim");
  return { ...claim, scope: await turnScope(db, claim.turnId) };
}

describe("a turn's rows", () => {
  test("a thread runs from acceptance, and claiming twice gives the same turn", async () => {
    const scope = await newThread();
    expect((await getThread(scope)).status).toBe("running");
    const first = await claimNext(db, scope.threadId);
    expect(await claimNext(db, scope.threadId)).toEqual(first);
    expect(await unfinishedThreads(db)).toContain(scope.threadId);
  });

  test("follow-ups run in the order they were sent", async () => {
    const scope = await newThread("first");
    await sendTurn(scope, { prompt: "second" });
    await sendTurn(scope, { prompt: "third" });
    const order: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      const { turnId, scope: turn } = await claimTurn(scope.threadId);
      order.push((await db.prisma.turn.findUniqueOrThrow({ where: { id: turn.turnId } })).prompt);
      await finishTurn(db, scope.threadId, turnId, { status: "completed" });
      expect((await getThread(scope)).status).toBe(index < 2 ? "running" : "idle");
    }
    expect(order).toEqual(["first", "second", "third"]);
    expect(await claimNext(db, scope.threadId)).toBeNull();
  });

  test("a commit that was asked for before a follow-up comes first: it holds what was reviewed", async () => {
    const scope = await newThread();
    const { turnId } = await claimTurn(scope.threadId);
    await finishTurn(db, scope.threadId, turnId, { status: "completed" });
    const { jobId } = await requestCommit(scope, { message: "Reviewed" });
    await sendTurn(scope, { prompt: "Go on" });
    expect(await claimNext(db, scope.threadId)).toEqual({ kind: "job", jobId, job: "commit" });
    await failJob(db, scope.threadId, jobId, { code: "NOTHING_TO_COMMIT", message: "Nothing" });
    expect(await claimNext(db, scope.threadId)).toMatchObject({ kind: "turn" });
  });

  test("a turn ends once, however often it is told to", async () => {
    const scope = await newThread();
    const { turnId } = await claimTurn(scope.threadId);
    const ends = Array.from({ length: 5 }, () => finishTurn(db, scope.threadId, turnId, { status: "completed" }));
    await Promise.allSettled(ends);
    const where = { action: "turn.end", resourceId: scope.threadId };
    expect(await db.prisma.auditEvent.count({ where })).toBe(1);
  });

  test("instructions of any bytes do not keep a thread from starting", async () => {
    const scope = await newThread();
    const { scope: turn } = await claimTurn(scope.threadId);
    await recordBase(turn, { baseRef: "main", baseCommit: "0".repeat(40), instructions: "Be\0 brief\ud800." });
    expect((await loadTurn(turn)).thread.instructions).toBe("Be brief\ufffd.");
  });

  test("prompts sent at the same time get numbers of their own", async () => {
    const scope = await newThread();
    await Promise.all(Array.from({ length: 8 }, (_, index) => sendTurn(scope, { prompt: `prompt ${index}` })));
    const turns = await db.prisma.turn.findMany({ where: { threadId: scope.threadId } });
    expect(turns.map((turn) => turn.number).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("seq has no holes, and a reader that resumes gets every change once", async () => {
    const scope = await newThread();
    const { scope: turn, turnId } = await claimTurn(scope.threadId);
    const attempt = await beginAttempt(turn, 0, "demo/demo", estimate);
    await openMessage(turn, 0, "demo/demo", attempt);
    const middle = await listItems(scope, { after: 0 });
    const seen = Math.max(...middle.items.map((item) => item.seq));
    const answer = { text: "Hello", reasoning: "", finishReason: "tool_calls", tools: [shellItem], usage };
    await completeStep(turn, 0, attempt, "demo/demo", answer);
    const later = await listItems(scope, { after: seen });
    expect(later.items.map((item) => [item.id, item.status])).toEqual([
      [`${turnId}/0`, "completed"],
      [`${turnId}/0/0`, "running"],
    ]);
    expect(await listItems(scope, { after: Math.max(...later.items.map((item) => item.seq)) })).toEqual({ items: [] });
    const { seq } = await getThread(scope);
    expect(Math.max(...later.items.map((item) => item.seq))).toBeLessThanOrEqual(seq);
  });

  test("text with NUL and lone surrogates is kept clean", async () => {
    const scope = await newThread("a\0b\ud800c");
    const { items } = await listItems(scope, { after: 0 });
    expect(items[0]).toMatchObject({ type: "userMessage", text: "ab\ufffdc" });
  });
});

describe("a model's step", () => {
  test("is written once: a stale attempt is fenced and a repeated activity finds the result", async () => {
    const scope = await newThread();
    const { scope: turn } = await claimTurn(scope.threadId);
    const first = await beginAttempt(turn, 0, "demo/demo", estimate);
    await openMessage(turn, 0, "demo/demo", first);
    const second = await beginAttempt(turn, 0, "demo/demo", estimate);
    const answer = { text: "Hello", reasoning: "", finishReason: "stop", tools: [], usage };
    await expect(completeStep(turn, 0, first, "demo/demo", answer)).rejects.toMatchObject({ code: "FENCED" });
    await completeStep(turn, 0, second, "demo/demo", answer);
    expect(await completedStep(turn, 0)).toEqual({ finishReason: "stop", toolItemIds: [] });
    await expect(completeStep(turn, 0, second, "demo/demo", answer)).rejects.toMatchObject({ code: "FENCED" });
  });

  test("is not opened again by an attempt that comes late", async () => {
    const scope = await newThread();
    const { scope: turn, turnId } = await claimTurn(scope.threadId);
    const late = await beginAttempt(turn, 0, "demo/demo", estimate);
    const second = await beginAttempt(turn, 0, "demo/demo", estimate);
    await openMessage(turn, 0, "demo/demo", second);
    await expect(openMessage(turn, 0, "demo/demo", late)).rejects.toMatchObject({ code: "FENCED" });
    const answer = { text: "Hello", reasoning: "", finishReason: "stop", tools: [], usage };
    await completeStep(turn, 0, second, "demo/demo", answer);
    await expect(openMessage(turn, 0, "demo/demo", second)).rejects.toMatchObject({ code: "FENCED" });
    const { items } = await listItems(scope, { after: 0 });
    expect(items.find((item) => item.id === `${turnId}/0`)).toMatchObject({ status: "completed", text: "Hello" });
  });

  test("is not asked for again by a worker that another has overtaken", async () => {
    const scope = await newThread();
    const { scope: turn } = await claimTurn(scope.threadId);
    const paused = await beginAttempt(turn, 0, "demo/demo", estimate);
    expect(await beginAttempt(turn, 0, "demo/demo", estimate, paused)).toBe(2);
    const other = await beginAttempt(turn, 0, "demo/demo", estimate);
    await openMessage(turn, 0, "demo/demo", other);
    await savePartialText(turn, `${turn.turnId}/0`, "demo/demo", 2, "late");
    const again = beginAttempt(turn, 0, "demo/demo", estimate, 2);
    await expect(again).rejects.toMatchObject({ code: "FENCED" });
    const answer = { text: "Hello", reasoning: "", finishReason: "stop", tools: [], usage };
    await completeStep(turn, 0, other, "demo/demo", answer);
    await expect(beginAttempt(turn, 0, "demo/demo", estimate)).rejects.toMatchObject({ code: "FENCED" });
    const { items } = await listItems(scope, { after: 0 });
    expect(items.at(-1)).toMatchObject({ status: "completed", text: "Hello" });
  });

  test("that comes after its turn has ended leaves nothing behind that runs", async () => {
    const scope = await newThread();
    const { scope: turn, turnId } = await claimTurn(scope.threadId);
    const attempt = await beginAttempt(turn, 0, "demo/demo", estimate);
    await finishTurn(db, scope.threadId, turnId, { status: "failed", code: "INTERNAL" });
    const answer = { text: "Late", reasoning: "", finishReason: "tool_calls", tools: [shellItem], usage };
    await expect(openMessage(turn, 0, "demo/demo", attempt)).rejects.toMatchObject({ code: "FENCED" });
    await expect(completeStep(turn, 0, attempt, "demo/demo", answer)).rejects.toMatchObject({ code: "FENCED" });
    const { items } = await listItems(scope, { after: 0 });
    expect(items.map((item) => item.type)).toEqual(["userMessage", "error"]);
  });

  test.each([
    [Number.NaN, 0],
    [12.4, 12],
    [-3, 0],
    [1e15, 10_000_000],
  ])("is kept whatever its provider counts: %s", async (inputTokens, kept) => {
    const scope = await newThread();
    const { scope: turn } = await claimTurn(scope.threadId);
    const attempt = await beginAttempt(turn, 0, "demo/demo", estimate);
    const odd = { ...usage, inputTokens, costUsd: inputTokens * 0.001 };
    const answer = { text: "Hello", reasoning: "", finishReason: "stop", tools: [], usage: odd };
    await completeStep(turn, 0, attempt, "demo/demo", answer);
    expect((await getThread(scope)).usage.inputTokens).toBe(kept);
  });

  test("an attempt lost with its worker is counted once and marked estimated; a recorded one is not counted again", async () => {
    const scope = await newThread();
    const { scope: turn, turnId } = await claimTurn(scope.threadId);
    await beginAttempt(turn, 0, "demo/demo", estimate);
    const second = await beginAttempt(turn, 0, "demo/demo", estimate);
    await recordCutAttempt(turn, 0, second, "demo/demo", { ...usage, estimated: true });
    await recordCutAttempt(turn, 0, second, "demo/demo", { ...usage, estimated: true });
    const third = await beginAttempt(turn, 0, "demo/demo", estimate);
    await completeStep(turn, 0, third, "demo/demo", {
      text: "x",
      reasoning: "",
      finishReason: "stop",
      tools: [],
      usage,
    });
    const records = await db.prisma.usageRecord.findMany({ where: { turnId }, orderBy: { id: "asc" } });
    expect(records.map((record) => [record.inputTokens, record.estimated])).toEqual([
      [50, true],
      [100, true],
      [100, false],
    ]);
    expect((await getThread(scope)).usage).toEqual({ inputTokens: 250, outputTokens: 20, costUsd: 0.5 });
  });
});

describe("a tool call", () => {
  async function withTool() {
    const scope = await newThread();
    const { scope: turn, turnId } = await claimTurn(scope.threadId);
    const attempt = await beginAttempt(turn, 0, "demo/demo", estimate);
    const answer = { text: "", reasoning: "", finishReason: "tool_calls", tools: [shellItem], usage };
    const { toolItemIds } = await completeStep(turn, 0, attempt, "demo/demo", answer);
    return { scope, turn, turnId, itemId: toolItemIds[0] as string };
  }

  test("may be run once: who comes second after a crash finds it interrupted, and the model is told", async () => {
    const { scope, turn, itemId } = await withTool();
    expect(await claimTool(turn, itemId)).toMatchObject({ state: "run", call: shellCall });
    expect(await claimTool(turn, itemId)).toEqual({ state: "ended" });
    const { items } = await listItems(scope, { after: 0 });
    expect(items.find((item) => item.id === itemId)).toMatchObject({ status: "interrupted" });
    const history = await loadHistory(turn);
    expect(history[0]?.steps[0]).toMatchObject({
      toolCalls: [{ result: { status: "interrupted", forModel: "" } }],
    });
  });

  test("claimed by many at once is run by one", async () => {
    const { turn, itemId } = await withTool();
    const claims = await Promise.all(Array.from({ length: 6 }, () => claimTool(turn, itemId)));
    expect(claims.filter((claim) => claim.state === "run")).toHaveLength(1);
  });

  test("keeps its first result", async () => {
    const { scope, turn, itemId } = await withTool();
    await claimTool(turn, itemId);
    const data = { command: "true", exitCode: 0, output: "", outputBytes: 0, durationMs: 1 };
    const outcome = { status: "completed" as const, type: "commandExecution" as const, data, forModel: "ok" };
    await completeTool(turn, itemId, outcome);
    await completeTool(turn, itemId, { ...outcome, status: "failed", forModel: "late" });
    const { items } = await listItems(scope, { after: 0 });
    expect(items.find((item) => item.id === itemId)).toMatchObject({ status: "completed", exitCode: 0 });
  });

  test("that never ran is marked when its turn ends, and the thread shows why", async () => {
    const { scope, turn, turnId, itemId } = await withTool();
    await finishTurn(db, scope.threadId, turnId, { status: "failed", code: "MODEL_FAILED" });
    await finishTurn(db, scope.threadId, turnId, { status: "completed" });
    const { items } = await listItems(scope, { after: 0 });
    expect(items.find((item) => item.id === itemId)).toMatchObject({ status: "interrupted" });
    expect(items.at(-1)).toMatchObject({ type: "error", code: "MODEL_FAILED" });
    expect((await getThread(scope)).status).toBe("failed");
    expect((await loadHistory(turn))[0]?.steps[0]).toMatchObject({ toolCalls: [{ result: null }] });
  });
});

describe("rights and fences in mid-turn", () => {
  test("a removed member's turn goes no further", async () => {
    const scope = await newThread();
    const { turnId } = await claimTurn(scope.threadId);
    const where = { workspaceId_userId: { workspaceId: workspace.id, userId: workspace.principals.member.userId } };
    await db.prisma.membership.update({ where, data: { role: "viewer" } });
    await expect(turnScope(db, turnId)).rejects.toMatchObject({ code: "RIGHTS_LOST" });
    await db.prisma.membership.update({ where, data: { role: "member" } });
    await expect(turnScope(db, turnId)).resolves.toBeDefined();
  });

  test("a revoked token's turn goes no further", async () => {
    const owner = await workspaceScope(db, workspace.principals.owner, workspace.id, "token.manage");
    const { id, token } = await createBotToken(owner, { role: "member" });
    const bot = await authenticateToken(db, token, { ip: null, requestId: "t" });
    if (!bot) throw new Error("the token does not sign in");
    const scope = await projectScope(db, bot, workspace.projectId, "thread.create");
    const thread = await createThread(scope, { prompt: "x", visibility: "shared" });
    const { turnId } = await claimTurn(thread.id);
    await revokeToken(owner, id);
    await expect(turnScope(db, turnId)).rejects.toMatchObject({ code: "RIGHTS_LOST" });
    expect(await authenticateToken(db, token, { ip: null, requestId: "t" })).toBeNull();
  });

  test("a worker that was replaced writes nothing", async () => {
    const hostId = "host-under-test";
    const old = await startHost(db, hostId);
    const scope = await newThread();
    expect(await placeThread(db, scope.threadId)).toBe(hostId);
    const { turnId } = await claimTurn(scope.threadId);
    const now = await startHost(db, hostId);
    expect(await renewHost(db, old)).toBe(false);
    const write = (fence: typeof old) =>
      turnScope(db, turnId, fence).then((turn) =>
        progress(turn, async (_tx, change) => change.set({ title: "written" })),
      );
    await expect(write(old)).rejects.toMatchObject({ code: "FENCED" });
    await expect(write(now)).resolves.toBeUndefined();
  });
});
