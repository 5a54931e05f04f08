import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { finishTurn } from "./finish-turn.ts";
import { loadHistory } from "./history.ts";
import { interruptTurn } from "./interrupts.ts";
import { listItems } from "./items.ts";
import { beginAttempt } from "./run-step.ts";
import { type ThreadScope, threadScope } from "./scope.ts";
import { takeInSteered } from "./steer.ts";
import { openTestDatabase } from "./testing/database.ts";
import { addMember, makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { answerStep, claimTestTurn, openTestThread, runCommand, testModel } from "./testing/turns.ts";
import { loadProgress } from "./turn-progress.ts";
import { editQueued } from "./turn-queue.ts";
import { listTurns, sendTurn } from "./turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
});
afterAll(() => close());

const usage = () => ({ inputTokens: 5, outputTokens: 1, costUsd: 0, estimated: true });

/** A thread whose first turn has run one command in its first step. */
async function midTurn() {
  const scope = await openTestThread(db, workspace, "first");
  const turn = await claimTestTurn(db, scope.threadId);
  const { toolItemIds } = await answerStep(turn, 0, { text: "I look.", calls: ["ls"] });
  await runCommand(turn, toolItemIds[0] as string, "completed");
  return { scope, turn };
}

const steer = (scope: ThreadScope, prompt: string) => sendTurn(scope, { prompt, mode: "steer" });

async function shape(scope: ThreadScope) {
  const { items } = await listItems(scope, { after: 0 });
  return items.map((item) => (item.type === "userMessage" || item.type === "agentMessage" ? item.text : item.type));
}

test("stands between the results before it and the answer to it, for people and for the model", async () => {
  const { scope, turn } = await midTurn();
  const other = await threadScope(db, workspace.principals.owner, scope.threadId, "thread.prompt");
  await sendTurn(scope, { prompt: "queued" });
  const { turnId } = await steer(other, "Use tabs");
  await steer(scope, "And be quick");
  await takeInSteered(turn, 1);
  await answerStep(turn, 1, { text: "Tabs, quickly." });
  expect(await shape(scope)).toEqual([
    "first",
    "I look.",
    "commandExecution",
    "Use tabs",
    "And be quick",
    "Tabs, quickly.",
  ]);
  expect(await loadHistory(turn)).toMatchObject([
    {
      prompt: "first",
      steps: [
        { text: "I look." },
        { steered: "Use tabs" },
        { steered: "And be quick" },
        { text: "Tabs, quickly.", toolCalls: [] },
      ],
    },
  ]);
  const { items } = await listItems(scope, { after: 0 });
  expect(items.find(({ id }) => id === `${turnId}/user`)).toMatchObject({
    turnId: turn.turnId,
    step: 1,
    author: { id: other.principal.userId, name: other.principal.name },
  });
  const turns = await listTurns(scope);
  expect(turns.find(({ id }) => id === turnId)).toMatchObject({ status: "steered", intoTurnId: turn.turnId });
  await finishTurn(db, scope.threadId, turn.turnId, { status: "completed" });
  const next = await claimTestTurn(db, scope.threadId);
  expect((await loadHistory(next)).map(({ prompt }) => prompt)).toEqual(["first", "queued"]);
});

test("is taken in once, however often the step is begun, and stays in the next request after a crash", async () => {
  const { scope, turn } = await midTurn();
  await steer(scope, "Use tabs");
  await Promise.all([takeInSteered(turn, 1), takeInSteered(turn, 1)]);
  await takeInSteered(turn, 1);
  expect((await shape(scope)).filter((text) => text === "Use tabs")).toHaveLength(1);
  const entered = await loadHistory(turn);
  expect(entered[0]?.steps.at(-1)).toEqual({ steered: "Use tabs" });
  await beginAttempt(turn, 1, testModel, usage);
  await beginAttempt(turn, 1, testModel, usage);
  expect(await loadHistory(turn)).toEqual(entered);
});

test("waits for the next step once the request of this one has begun", async () => {
  const { scope, turn } = await midTurn();
  await beginAttempt(turn, 1, testModel, usage);
  await steer(scope, "Use tabs");
  await takeInSteered(turn, 1);
  expect(await shape(scope)).not.toContain("Use tabs");
  const { toolItemIds } = await answerStep(turn, 1, { calls: ["ls"] });
  await runCommand(turn, toolItemIds[0] as string, "completed");
  await takeInSteered(turn, 2);
  expect((await shape(scope)).at(-1)).toBe("Use tabs");
});

test("runs as a turn of its own, before what is queued, when the turn has ended first", async () => {
  const { scope, turn } = await midTurn();
  await sendTurn(scope, { prompt: "queued" });
  await steer(scope, "Use tabs");
  await finishTurn(db, scope.threadId, turn.turnId, { status: "completed" });
  const next = await claimTestTurn(db, scope.threadId);
  expect((await loadHistory(next)).map(({ prompt }) => prompt)).toEqual(["first", "Use tabs"]);
  await takeInSteered(turn, 1);
  expect((await listTurns(scope)).map(({ status }) => status)).toEqual(["completed", "running", "queued"]);
});

test("is not taken in by an interrupted turn", async () => {
  const { scope, turn } = await midTurn();
  await steer(scope, "Use tabs");
  await interruptTurn(scope);
  await takeInSteered(turn, 1);
  expect(await shape(scope)).not.toContain("Use tabs");
});

test("of a sender who has lost the right meanwhile is passed over; others are not", async () => {
  const { scope, turn } = await midTurn();
  const leaver = await addMember(db, workspace.id, "member");
  await steer(await threadScope(db, leaver, scope.threadId, "thread.prompt"), "Leaver");
  await steer(scope, "Stayer");
  const key = { workspaceId_userId: { workspaceId: workspace.id, userId: leaver.userId } };
  await db.prisma.membership.update({ where: key, data: { role: "viewer" } });
  await takeInSteered(turn, 1);
  expect((await shape(scope)).at(-1)).toBe("Stayer");
  expect((await listTurns(scope)).filter(({ status }) => status === "queued")).toHaveLength(1);
});

test("a queued prompt becomes one when its sender changes its mind", async () => {
  const { scope, turn } = await midTurn();
  const { turnId } = await sendTurn(scope, { prompt: "Use tabs" });
  await editQueued(scope, { turnId, mode: "steer", prompt: "Use tabs!" });
  await takeInSteered(turn, 1);
  expect((await shape(scope)).at(-1)).toBe("Use tabs!");
});

test("makes failures before it count no more", async () => {
  const { scope, turn } = await midTurn();
  const { toolItemIds } = await answerStep(turn, 1, { calls: ["false"] });
  await runCommand(turn, toolItemIds[0] as string, "failed");
  await answerStep(turn, 2, { calls: ["false"] });
  expect(await loadProgress(turn, 2)).toMatchObject({
    asked: [{ name: "shell", arguments: '{"command":"false"}' }],
    past: [{ failed: false }, { failed: true }],
    firstStep: 0,
    usedTokens: 330,
  });
  await steer(scope, "Try again, it works now");
  await takeInSteered(turn, 3);
  await answerStep(turn, 3, { calls: ["false"] });
  expect((await loadProgress(turn, 3)).past).toEqual([]);
});
