import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { finishTurn } from "./finish-turn.ts";
import { loadHistory } from "./history.ts";
import { interruptedAmong, interruptTurn } from "./interrupts.ts";
import { listItems } from "./items.ts";
import { turnScope } from "./run-scope.ts";
import { beginAttempt, closeMessage, openAttempt, openMessage, recordCutAttempt, savePartialText } from "./run-step.ts";
import { claimTool } from "./run-tool.ts";
import { claimNext } from "./run-turn.ts";
import { type ThreadScope, threadScope } from "./scope.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { answerStep, claimTestTurn, openTestThread, runCommand, testModel } from "./testing/turns.ts";
import { getThread } from "./threads.ts";
import { listTurns, sendTurn } from "./turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
});
afterAll(() => close());

const usage = { inputTokens: 5, outputTokens: 1, costUsd: 0.25, estimated: true };
const itemsOf = async (scope: ThreadScope) => (await listItems(scope, { after: 0 })).items;
const interrupted = { status: "failed", code: "INTERRUPTED" } as const;

test("stops every later step; the turn ends as interrupted, with a notice that names who did it", async () => {
  const scope = await openTestThread(db, workspace);
  const { turnId } = await claimTestTurn(db, scope.threadId);
  const owner = await threadScope(db, workspace.principals.owner, scope.threadId, "thread.prompt");
  await interruptTurn(owner);
  expect(await getThread(scope)).toMatchObject({ status: "running", stopping: true });
  expect(await interruptedAmong(db, [turnId, "none"])).toEqual([turnId]);
  await expect(turnScope(db, turnId)).rejects.toMatchObject({ code: "INTERRUPTED" });
  await finishTurn(db, scope.threadId, turnId, interrupted);
  expect(await getThread(scope)).toMatchObject({ status: "idle", stopping: false });
  expect((await itemsOf(scope)).at(-1)).toMatchObject({
    type: "notice",
    kind: "interrupted",
    message: `Interrupted by ${workspace.principals.owner.name}.`,
  });
  const [turn] = await listTurns(scope);
  expect(turn).toMatchObject({ status: "interrupted", retryable: true, interruptedBy: { id: owner.principal.userId } });
});

test("once more does nothing more, and not at all where nothing runs", async () => {
  const scope = await openTestThread(db, workspace);
  const { turnId } = await claimTestTurn(db, scope.threadId);
  await interruptTurn(scope);
  const owner = await threadScope(db, workspace.principals.owner, scope.threadId, "thread.prompt");
  await interruptTurn(owner);
  const turn = await db.prisma.turn.findUniqueOrThrow({ where: { id: turnId } });
  expect(turn.interruptedById).toBe(scope.principal.userId);
  await finishTurn(db, scope.threadId, turnId, interrupted);
  await expect(interruptTurn(scope)).rejects.toMatchObject({ code: "NOT_RUNNING" });
});

test("holds what waited, not what is sent while the turn comes to its end; a second one holds that, too", async () => {
  const scope = await openTestThread(db, workspace);
  const { turnId } = await claimTestTurn(db, scope.threadId);
  await sendTurn(scope, { prompt: "waits" });
  await interruptTurn(scope);
  await sendTurn(scope, { prompt: "steers", mode: "steer" });
  await sendTurn(scope, { prompt: "corrects" });
  const statuses = async () => (await listTurns(scope)).map(({ prompt, status }) => [prompt, status]).slice(1);
  expect(await statuses()).toEqual([
    ["steers", "queued"],
    ["corrects", "queued"],
    ["waits", "held"],
  ]);
  await finishTurn(db, scope.threadId, turnId, interrupted);
  expect(await getThread(scope)).toMatchObject({ status: "running", queuedTurns: 2 });
  const next = await claimTestTurn(db, scope.threadId);
  await interruptTurn(scope);
  await sendTurn(scope, { prompt: "last" });
  await interruptTurn(scope);
  await finishTurn(db, scope.threadId, next.turnId, interrupted);
  expect(await getThread(scope)).toMatchObject({ status: "idle", queuedTurns: 3 });
  expect(await statuses()).toEqual([
    ["steers", "interrupted"],
    ["last", "held"],
    ["corrects", "held"],
    ["waits", "held"],
  ]);
});

test("ends a turn at once that no worker has begun", async () => {
  const scope = await openTestThread(db, workspace);
  await interruptTurn(scope);
  expect(await getThread(scope)).toMatchObject({ status: "idle" });
  expect(await claimNext(db, scope.threadId)).toBeNull();
  expect((await itemsOf(scope)).map(({ type }) => type)).toEqual(["userMessage", "notice"]);
});

test("between two turns holds the prompts that wait and ends none", async () => {
  const scope = await openTestThread(db, workspace);
  const { turnId } = await claimTestTurn(db, scope.threadId);
  await sendTurn(scope, { prompt: "second" });
  await finishTurn(db, scope.threadId, turnId, { status: "completed" });
  await interruptTurn(scope);
  expect(await getThread(scope)).toMatchObject({ status: "idle", queuedTurns: 1 });
  expect((await listTurns(scope)).map(({ status }) => status)).toEqual(["completed", "held"]);
});

test("wins against the end that the turn has come to meanwhile, whatever end", async () => {
  for (const end of [{ status: "completed" }, { status: "failed", code: "MODEL_FAILED" }] as const) {
    const scope = await openTestThread(db, workspace);
    const { turnId } = await claimTestTurn(db, scope.threadId);
    await sendTurn(scope, { prompt: "second" });
    await interruptTurn(scope);
    await finishTurn(db, scope.threadId, turnId, end);
    expect(await getThread(scope)).toMatchObject({ status: "idle", queuedTurns: 1 });
    expect((await itemsOf(scope)).map(({ type }) => type)).toEqual(["userMessage", "notice"]);
  }
});

test("and the turn's end at the same moment leave either a stopped or a finished turn", async () => {
  for (let round = 0; round < 8; round += 1) {
    const scope = await openTestThread(db, workspace);
    const { turnId } = await claimTestTurn(db, scope.threadId);
    const [stop] = await Promise.allSettled([
      interruptTurn(scope),
      finishTurn(db, scope.threadId, turnId, { status: "completed" }),
    ]);
    const [turn] = await listTurns(scope);
    expect(turn?.status).toBe(stop.status === "fulfilled" ? "interrupted" : "completed");
    expect((await getThread(scope)).status).toBe("idle");
  }
});

test("keeps the text that came, counts its request, and marks calls that never ran", async () => {
  const scope = await openTestThread(db, workspace);
  const turn = await claimTestTurn(db, scope.threadId);
  const { toolItemIds } = await answerStep(turn, 0, { calls: ["one", "two"] });
  await runCommand(turn, toolItemIds[0] as string, "completed");
  const attempt = await beginAttempt(turn, 1, testModel, () => usage);
  await openMessage(turn, 1, testModel, attempt);
  await recordCutAttempt(turn, 1, attempt, testModel, usage);
  await closeMessage(turn, 1, attempt, testModel, "Half an ans");
  await interruptTurn(scope);
  await finishTurn(db, scope.threadId, turn.turnId, interrupted);
  expect((await itemsOf(scope)).slice(1)).toMatchObject([
    { type: "commandExecution", status: "completed" },
    { type: "commandExecution", status: "interrupted", note: "Not run: the turn ended before." },
    { type: "agentMessage", status: "interrupted", text: "Half an ans" },
    { type: "notice", kind: "interrupted" },
  ]);
  expect((await getThread(scope)).usage).toEqual({ inputTokens: 105, outputTokens: 11, costUsd: 0.25 });
  await sendTurn(scope, { prompt: "Else" });
  const next = await claimTestTurn(db, scope.threadId);
  expect(await loadHistory(next)).toMatchObject([
    {
      cut: "interrupted",
      steps: [
        { toolCalls: [{ result: { status: "completed" } }, { result: null }] },
        { text: "Half an ans", toolCalls: [] },
      ],
    },
    { prompt: "Else", steps: [], cut: null },
  ]);
});

test("finds the request that was lost with its worker, to be counted", async () => {
  const scope = await openTestThread(db, workspace);
  const turn = await claimTestTurn(db, scope.threadId);
  expect(await openAttempt(db, turn.turnId)).toBeNull();
  const attempt = await beginAttempt(turn, 0, testModel, () => usage);
  await openMessage(turn, 0, testModel, attempt);
  await savePartialText(turn, `${turn.turnId}/0`, testModel, attempt, "So far");
  expect(await openAttempt(db, turn.turnId)).toEqual({ step: 0, attempt, text: "So far" });
  await recordCutAttempt(turn, 0, attempt, testModel, usage);
  expect(await openAttempt(db, turn.turnId)).toBeNull();
  await answerStep(turn, 0);
  expect(await openAttempt(db, turn.turnId)).toBeNull();
});

test("leaves in doubt the call that was running when its worker died", async () => {
  const scope = await openTestThread(db, workspace);
  const turn = await claimTestTurn(db, scope.threadId);
  const { toolItemIds } = await answerStep(turn, 0, { calls: ["one"] });
  await claimTool(turn, toolItemIds[0] as string);
  await interruptTurn(scope);
  await finishTurn(db, scope.threadId, turn.turnId, interrupted);
  const items = await itemsOf(scope);
  expect(items[1]).toMatchObject({ type: "commandExecution", status: "interrupted" });
  expect(items[1]).not.toHaveProperty("note");
  await sendTurn(scope, { prompt: "Else" });
  const [history] = await loadHistory(await claimTestTurn(db, scope.threadId));
  expect(history?.steps[0]).toMatchObject({ toolCalls: [{ result: { status: "interrupted" } }] });
});
