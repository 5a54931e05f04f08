import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { finishTurn, type TurnEnd } from "./finish-turn.ts";
import { loadHistory, loadPrompts } from "./history.ts";
import { interruptTurn } from "./interrupts.ts";
import { listItems } from "./items.ts";
import { resendTurn, retryTurn } from "./retry.ts";
import { beginAttempt, completeStep, openAttempt, openMessage, savePartialText } from "./run-step.ts";
import { claimNext } from "./run-turn.ts";
import { type ThreadScope, threadScope } from "./scope.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { answerStep, claimTestTurn, openTestThread, runCommand, testModel } from "./testing/turns.ts";
import { getThread } from "./threads.ts";
import { loadProgress } from "./turn-progress.ts";
import { listTurns, sendTurn } from "./turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
});
afterAll(() => close());

const failed: TurnEnd = { status: "failed", code: "MODEL_FAILED" };
const usage = { inputTokens: 5, outputTokens: 1, costUsd: 0, estimated: true };
const checkpoint = (digit: number) => String(digit).repeat(40);

/** A turn that ran one command and failed while the model wrote its second answer. */
async function failedTurn() {
  const scope = await openTestThread(db, workspace, "first");
  const turn = await claimTestTurn(db, scope.threadId);
  const { toolItemIds } = await answerStep(turn, 0, { calls: ["false", "late"] });
  await runCommand(turn, toolItemIds[0] as string, "failed");
  const attempt = await beginAttempt(turn, 1, testModel, () => usage);
  await openMessage(turn, 1, testModel, attempt);
  await savePartialText(turn, `${turn.turnId}/1`, testModel, attempt, "Half");
  await finishTurn(db, scope.threadId, turn.turnId, failed);
  return { scope, turn, attempt };
}

async function shape(scope: ThreadScope) {
  const { items } = await listItems(scope, { after: 0 });
  return items.map((item) => [item.type, item.status]);
}

/** One turn from prompt to end, with these checkpoints around it. */
async function runTurn(scope: ThreadScope, end: number) {
  const turn = await claimTestTurn(db, scope.threadId);
  await answerStep(turn, 0, { text: `Answer ${end}` });
  await db.prisma.turn.update({ where: { id: turn.turnId }, data: { endCheckpoint: checkpoint(end) } });
  await db.prisma.thread.update({ where: { id: scope.threadId }, data: { lastCheckpoint: checkpoint(end) } });
  await finishTurn(db, scope.threadId, turn.turnId, { status: "completed" });
  return turn;
}

describe("retry", () => {
  test("is not ended, nor its request counted, by what comes late from the try before", async () => {
    const { scope, turn } = await failedTurn();
    expect(await claimNext(db, scope.threadId)).toBeNull();
    await retryTurn(scope);
    expect(await claimNext(db, scope.threadId)).toMatchObject({ turnId: turn.turnId, step: 2, retries: 1 });
    await beginAttempt(turn, 2, testModel, () => usage);
    expect(await openAttempt(db, turn.turnId, 0)).toBeNull();
    await finishTurn(db, scope.threadId, turn.turnId, failed, 0);
    expect(await getThread(scope)).toMatchObject({ status: "running" });
    expect(await openAttempt(db, turn.turnId, 1)).toMatchObject({ step: 2, attempt: 1 });
    await finishTurn(db, scope.threadId, turn.turnId, failed, 1);
    expect(await getThread(scope)).toMatchObject({ status: "failed" });
  });

  test("goes on behind what the turn has done; its error stays and is marked", async () => {
    const { scope, turn } = await failedTurn();
    expect(await retryTurn(scope)).toEqual({ turnId: turn.turnId });
    expect(await getThread(scope)).toMatchObject({ status: "running", queuedTurns: 0 });
    const again = await claimTestTurn(db, scope.threadId);
    expect(again).toMatchObject({ turnId: turn.turnId, step: 2 });
    expect(await loadHistory(again)).toMatchObject([
      { prompt: "first", steps: [{ toolCalls: [{ result: { status: "failed" } }, { result: null }] }], cut: null },
    ]);
    await answerStep(again, 2, { text: "Whole" });
    await finishTurn(db, scope.threadId, turn.turnId, failed);
    expect(await shape(scope)).toEqual([
      ["userMessage", "completed"],
      ["commandExecution", "failed"],
      ["commandExecution", "interrupted"],
      ["agentMessage", "interrupted"],
      ["error", "failed"],
      ["agentMessage", "completed"],
      ["error", "failed"],
    ]);
    const { items } = await listItems(scope, { after: 0 });
    expect(items.filter(({ type }) => type === "error")).toMatchObject([
      { id: `${turn.turnId}/error`, retried: true, step: 1 },
      { id: `${turn.turnId}/error/1`, step: 2 },
    ]);
    expect(items.at(-1)).not.toHaveProperty("retried");
  });

  test("counts steps, tokens, time and failing calls anew", async () => {
    const { scope, turn } = await failedTurn();
    await retryTurn(scope);
    const again = await claimTestTurn(db, scope.threadId);
    await answerStep(again, 2, { calls: ["false"] });
    const progress = await loadProgress(again, 2);
    expect(progress).toMatchObject({ firstStep: 2, usedTokens: 110, past: [] });
    const before = await db.prisma.usageRecord.findFirstOrThrow({ where: { id: `${turn.turnId}/0/1` } });
    expect(progress.startedAt.getTime()).toBeGreaterThanOrEqual(before.createdAt.getTime());
  });

  test("shuts out an answer that comes late to what was tried before", async () => {
    const { scope, turn, attempt } = await failedTurn();
    await retryTurn(scope);
    await claimTestTurn(db, scope.threadId);
    const answer = { text: "Late", reasoning: "", finishReason: "stop", tools: [], usage };
    const late = [completeStep(turn, 1, attempt, testModel, answer), beginAttempt(turn, 1, testModel, () => usage)];
    for (const { reason } of (await Promise.allSettled(late)) as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ code: "FENCED" });
    }
  });

  test("keeps where the turn's diff starts", async () => {
    const scope = await openTestThread(db, workspace);
    await runTurn(scope, 1);
    await sendTurn(scope, { prompt: "second" });
    const turn = await claimTestTurn(db, scope.threadId);
    await db.prisma.turn.update({ where: { id: turn.turnId }, data: { endCheckpoint: checkpoint(2) } });
    await db.prisma.thread.update({ where: { id: scope.threadId }, data: { lastCheckpoint: checkpoint(2) } });
    await finishTurn(db, scope.threadId, turn.turnId, failed);
    await retryTurn(scope);
    await claimTestTurn(db, scope.threadId);
    const row = await db.prisma.turn.findUniqueOrThrow({ where: { id: turn.turnId } });
    expect(row).toMatchObject({ startCheckpoint: checkpoint(1), endCheckpoint: checkpoint(2) });
  });

  test("runs on the rights of who asked for it, under the prompt of who sent it", async () => {
    const { scope, turn } = await failedTurn();
    const admin = await threadScope(db, workspace.principals.admin, scope.threadId, "thread.prompt");
    await retryTurn(admin);
    const again = await claimTestTurn(db, scope.threadId);
    expect(again.principal.userId).toBe(admin.principal.userId);
    const { items } = await listItems(scope, { after: 0 });
    expect(items[0]).toMatchObject({ author: { id: scope.principal.userId } });
    const event = await db.prisma.auditEvent.findFirst({ where: { action: "turn.retry", resourceId: scope.threadId } });
    expect(event).toMatchObject({ actorId: admin.principal.userId, detail: { turnId: turn.turnId } });
  });

  test("takes up an interrupted turn, which may be interrupted again", async () => {
    const scope = await openTestThread(db, workspace);
    for (const round of [0, 1, 2]) {
      if (round > 0) await retryTurn(scope);
      const { turnId, step } = await claimTestTurn(db, scope.threadId);
      expect(step).toBe(0);
      await interruptTurn(scope);
      await finishTurn(db, scope.threadId, turnId, { status: "failed", code: "INTERRUPTED" });
    }
    expect((await shape(scope)).map(([type]) => type)).toEqual(["userMessage", "notice", "notice", "notice"]);
    expect(await listTurns(scope)).toMatchObject([{ status: "interrupted", retries: 2 }]);
  });

  test("is for the last turn alone, of a thread at rest", async () => {
    const scope = await openTestThread(db, workspace);
    await expect(retryTurn(scope)).rejects.toMatchObject({ code: "THREAD_BUSY" });
    const { turnId } = await claimTestTurn(db, scope.threadId);
    await expect(retryTurn(scope)).rejects.toMatchObject({ code: "THREAD_BUSY" });
    await finishTurn(db, scope.threadId, turnId, failed);
    await sendTurn(scope, { prompt: "second" });
    await runTurn(scope, 1);
    await expect(retryTurn(scope)).rejects.toMatchObject({ code: "NOT_LAST_TURN" });
    await db.prisma.thread.update({ where: { id: scope.threadId }, data: { status: "archived" } });
    await expect(retryTurn(scope)).rejects.toMatchObject({ code: "THREAD_ARCHIVED" });
  });

  test("may take another model", async () => {
    const { scope, turn } = await failedTurn();
    await expect(retryTurn(scope, { model: "demo/none" })).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    const { providerId } = await db.prisma.model.findFirstOrThrow({
      where: { provider: { workspaceId: workspace.id } },
    });
    await db.prisma.model.create({ data: { providerId, id: "other", position: 1 } });
    await retryTurn(scope, { model: "demo/other" });
    const row = await db.prisma.turn.findUniqueOrThrow({ where: { id: turn.turnId } });
    expect(row.model).toBe("demo/other");
    expect((await getThread(scope)).model).toBe("demo/other");
  });

  test("asked for twice at once happens once", async () => {
    const { scope, turn } = await failedTurn();
    const results = await Promise.allSettled([retryTurn(scope), retryTurn(scope)]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const row = await db.prisma.turn.findUniqueOrThrow({ where: { id: turn.turnId } });
    expect(row.retries).toBe(1);
  });
});

describe("resend", () => {
  async function threeTurns() {
    const scope = await openTestThread(db, workspace, "one");
    const first = await runTurn(scope, 1);
    await sendTurn(scope, { prompt: "two" });
    const second = await runTurn(scope, 2);
    await sendTurn(scope, { prompt: "three" });
    const third = await runTurn(scope, 3);
    return { scope, first, second, third };
  }

  test("takes the place of a turn and all after it; their items stay", async () => {
    const { scope, second } = await threeTurns();
    const before = await shape(scope);
    const { turnId } = await resendTurn(scope, { turnId: second.turnId, prompt: "deux" });
    const next = await claimTestTurn(db, scope.threadId);
    expect(next.turnId).toBe(turnId);
    expect((await loadHistory(next)).map(({ prompt }) => prompt)).toEqual(["one", "deux"]);
    expect(await loadPrompts(next)).toEqual(["one", "deux"]);
    expect((await listTurns(scope)).map(({ prompt, status }) => [prompt, status])).toEqual([
      ["one", "completed"],
      ["two", "superseded"],
      ["three", "superseded"],
      ["deux", "running"],
    ]);
    expect((await shape(scope)).slice(0, before.length)).toEqual(before);
    const row = await db.prisma.turn.findUniqueOrThrow({ where: { id: turnId } });
    expect(row).toMatchObject({ restoreTo: null, startCheckpoint: checkpoint(3) });
  });

  test("asks for the files as they were before that turn", async () => {
    const { scope, second } = await threeTurns();
    const { turnId } = await resendTurn(scope, { turnId: second.turnId, prompt: "deux", restoreFiles: true });
    const row = await db.prisma.turn.findUniqueOrThrow({ where: { id: turnId } });
    expect(row.restoreTo).toBe(checkpoint(1));
  });

  test("is refused while a turn runs, for what is no turn of the conversation, and when archived", async () => {
    const { scope, second, third } = await threeTurns();
    await sendTurn(scope, { prompt: "four" });
    const send = (turnId: string) => resendTurn(scope, { turnId, prompt: "x" });
    await expect(send(second.turnId)).rejects.toMatchObject({ code: "THREAD_BUSY" });
    await runTurn(scope, 4);
    await expect(send("none")).rejects.toMatchObject({ code: "NOT_FOUND" });
    const { scope: elsewhere } = await threeTurns();
    await expect(resendTurn(elsewhere, { turnId: second.turnId, prompt: "x" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await send(second.turnId);
    await runTurn(scope, 5);
    await expect(send(third.turnId)).rejects.toMatchObject({ code: "BAD_INPUT" });
    await db.prisma.thread.update({ where: { id: scope.threadId }, data: { status: "archived" } });
    await expect(send(second.turnId)).rejects.toMatchObject({ code: "THREAD_ARCHIVED" });
  });
});
