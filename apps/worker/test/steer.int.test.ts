import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ThreadScope } from "@heddle/db/scope";
import { threadScope } from "@heddle/db/scope";
import { takeInSteered } from "@heddle/db/steer";
import { claimTestTurn } from "@heddle/db/testing/turns";
import { moveQueued } from "@heddle/db/turn-queue";
import { listTurns, sendTurn } from "@heddle/db/turns";
import { afterAll, beforeAll, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell, until } from "./harness.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const inWorktree = (scope: ThreadScope, path: string) =>
  readFile(join(stage.homeDir, "worktrees", scope.threadId, "tree", path), "utf8");

const shapeOf = async (scope: ThreadScope) =>
  (await itemsOf(scope)).map((item) => (item.type === "agentMessage" ? item.text : item.type));

test("a prompt taken in before the worker died is in the request of the next one, once", async () => {
  const scope = await stage.prompt(script(shell("echo first > first.txt"), "Never said."));
  const turn = await claimTestTurn(stage.db, scope.threadId);
  const { turnId } = await sendTurn(scope, { prompt: script("As you wish."), mode: "steer" });
  await takeInSteered(turn, 0);
  await stage.startWorker();
  await stage.poke(scope.threadId);
  expect(await settled(scope)).toMatchObject({ status: "idle", queuedTurns: 0 });
  expect(await shapeOf(scope)).toEqual(["userMessage", "userMessage", "As you wish."]);
  expect((await listTurns(scope)).map(({ id, status }) => [id === turnId, status])).toEqual([
    [false, "completed"],
    [true, "steered"],
  ]);
});

test("a steering prompt is answered within the turn; a queued one afterwards, in the order of the queue", async () => {
  const scope = await stage.prompt(
    script(shell("until [ -e go.txt ]; do sleep 0.1; done"), "The first plan goes on: never said."),
  );
  await until(async () => (await itemsOf(scope)).some((item) => item.type === "commandExecution"));
  const queued = await sendTurn(scope, { prompt: script(shell("echo queued >> order.txt"), "Queued.") });
  const next = await sendTurn(scope, { prompt: script(shell("echo next >> order.txt"), "Next.") });
  await moveQueued(scope, { turnId: next.turnId, before: queued.turnId });
  const other = await threadScope(stage.db, stage.workspace.principals.owner, scope.threadId, "thread.prompt");
  const steering = script(shell("echo steered >> order.txt"), "Steered.");
  const { turnId } = await sendTurn(other, { prompt: steering, mode: "steer" });
  const going = await stage.sandboxes.open({
    threadId: scope.threadId,
    worktreeDir: join(stage.homeDir, "worktrees", scope.threadId),
    upstreamDir: join(stage.homeDir, "repos", stage.workspace.projectId, "upstream.git"),
  });
  await going.exec({ argv: ["touch", "go.txt"] });
  expect(await settled(scope)).toMatchObject({ status: "idle", queuedTurns: 0 });
  expect(await inWorktree(scope, "order.txt")).toBe("steered\nnext\nqueued\n");
  expect(await shapeOf(scope)).toEqual([
    "userMessage",
    "commandExecution",
    "userMessage",
    "commandExecution",
    "Steered.",
    "userMessage",
    "commandExecution",
    "Next.",
    "userMessage",
    "commandExecution",
    "Queued.",
  ]);
  const [turn] = await listTurns(scope);
  expect((await itemsOf(scope)).find(({ id }) => id === `${turnId}/user`)).toMatchObject({
    turnId: turn?.id,
    step: 1,
    author: { name: other.principal.name },
  });
});
