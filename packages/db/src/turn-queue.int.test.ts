import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { finishTurn } from "./finish-turn.ts";
import { interruptTurn } from "./interrupts.ts";
import { listItems } from "./items.ts";
import { claimNext } from "./run-turn.ts";
import { type ThreadScope, threadScope } from "./scope.ts";
import { openTestDatabase } from "./testing/database.ts";
import { addMember, makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { claimTestTurn, openTestThread } from "./testing/turns.ts";
import { getThread } from "./threads.ts";
import { editQueued, moveQueued, releaseQueued, removeQueued } from "./turn-queue.ts";
import { listTurns, sendTurn } from "./turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
});
afterAll(() => close());

/** A thread whose first turn runs, with these prompts waiting behind it. */
async function busyThread(...prompts: string[]) {
  const scope = await openTestThread(db, workspace, "first");
  const turn = await claimTestTurn(db, scope.threadId);
  const ids: string[] = [];
  for (const prompt of prompts) ids.push((await sendTurn(scope, { prompt })).turnId);
  return { scope, turn, ids: ids as [string, string, string] };
}

const waitingPrompts = async (scope: ThreadScope) =>
  (await listTurns(scope)).filter(({ waiting }) => waiting).map(({ prompt }) => prompt);

const prompts = async (scope: ThreadScope) =>
  (await listItems(scope, { after: 0 })).items.flatMap((item) => (item.type === "userMessage" ? [item.text] : []));

async function as(role: "owner" | "admin", scope: ThreadScope): Promise<ThreadScope> {
  return threadScope(db, workspace.principals[role], scope.threadId, "thread.prompt");
}

/** Another member, who may prompt but manages nothing. */
async function asStranger(scope: ThreadScope): Promise<ThreadScope> {
  return threadScope(db, await addMember(db, workspace.id, "member"), scope.threadId, "thread.prompt");
}

/** Ends the running turn and begins the next. */
async function goOn(scope: ThreadScope, turnId: string) {
  await finishTurn(db, scope.threadId, turnId, { status: "completed" });
  return claimTestTurn(db, scope.threadId);
}

describe("a queued prompt", () => {
  test("is an item from the moment its turn begins, behind all that was said before", async () => {
    const { scope, turn } = await busyThread("second");
    expect(await prompts(scope)).toEqual(["first"]);
    expect(await getThread(scope)).toMatchObject({ status: "running", queuedTurns: 1 });
    await goOn(scope, turn.turnId);
    expect(await prompts(scope)).toEqual(["first", "second"]);
    expect(await getThread(scope)).toMatchObject({ status: "running", queuedTurns: 0 });
  });

  test("tells who watches the thread about each change", async () => {
    const { scope, ids } = await busyThread("second", "third");
    const before = await getThread(scope);
    await editQueued(scope, { turnId: ids[0], prompt: "2nd" });
    await moveQueued(scope, { turnId: ids[1], before: ids[0] });
    await removeQueued(scope, { turnId: ids[0] });
    const after = await getThread(scope);
    expect(after.turnsVersion).toBe(before.turnsVersion + 3);
    expect(after.seq).toBe(before.seq + 3);
  });

  test("is edited by its sender alone, until it begins", async () => {
    const { scope, turn, ids } = await busyThread("second");
    await editQueued(scope, { turnId: ids[0], prompt: "2nd\0", mode: "steer" });
    await expect(editQueued(await as("owner", scope), { turnId: ids[0], prompt: "x" })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    await expect(editQueued(scope, { turnId: ids[0] })).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(editQueued(scope, { turnId: ids[0], model: "demo/none" })).rejects.toMatchObject({
      code: "MODEL_NOT_FOUND",
    });
    await expect(editQueued(scope, { turnId: "none", prompt: "x" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await goOn(scope, turn.turnId);
    await expect(editQueued(scope, { turnId: ids[0], prompt: "x" })).rejects.toMatchObject({ code: "NOT_QUEUED" });
    expect(await prompts(scope)).toEqual(["first", "2nd"]);
  });

  test("is moved and removed by its sender and by who manages the project", async () => {
    const { scope, turn, ids } = await busyThread("second", "third", "fourth");
    const stranger = await asStranger(scope);
    await expect(moveQueued(stranger, { turnId: ids[2], before: ids[0] })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(removeQueued(stranger, { turnId: ids[2] })).rejects.toMatchObject({ code: "FORBIDDEN" });
    const denied = { resourceId: scope.threadId, actorId: stranger.principal.userId, outcome: "denied" };
    expect(await db.prisma.auditEvent.count({ where: denied })).toBe(2);
    await moveQueued(scope, { turnId: ids[2], before: ids[0] });
    expect(await waitingPrompts(scope)).toEqual(["fourth", "second", "third"]);
    await moveQueued(await as("admin", scope), { turnId: ids[0], before: null });
    await moveQueued(scope, { turnId: ids[0], before: ids[0] });
    expect(await waitingPrompts(scope)).toEqual(["fourth", "third", "second"]);
    await removeQueued(await as("admin", scope), { turnId: ids[1] });
    await expect(moveQueued(scope, { turnId: ids[0], before: turn.turnId })).rejects.toMatchObject({
      code: "NOT_QUEUED",
    });
    await expect(moveQueued(scope, { turnId: ids[0], before: ids[1] })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const next = await goOn(scope, turn.turnId);
    await goOn(scope, next.turnId);
    expect(await prompts(scope)).toEqual(["first", "fourth", "second"]);
  });

  test("of another thread is not found", async () => {
    const { ids } = await busyThread("second");
    const { scope } = await busyThread("other");
    await expect(removeQueued(scope, { turnId: ids[0] })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("that comes while others change the queue keeps every number once", async () => {
    const { scope, ids } = await busyThread("a", "b", "c");
    await Promise.allSettled([
      moveQueued(scope, { turnId: ids[2], before: ids[0] }),
      sendTurn(scope, { prompt: "d", mode: "steer" }),
      removeQueued(scope, { turnId: ids[1] }),
      sendTurn(scope, { prompt: "e" }),
      moveQueued(scope, { turnId: ids[0], before: null }),
    ]);
    const turns = await listTurns(scope);
    expect(turns.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect((await waitingPrompts(scope)).sort()).toEqual(["a", "c", "d", "e"]);
  });

  test("each change is in the audit log", async () => {
    const { scope, ids } = await busyThread("second", "third");
    await editQueued(scope, { turnId: ids[0], prompt: "2nd" });
    await moveQueued(scope, { turnId: ids[1], before: ids[0] });
    await removeQueued(scope, { turnId: ids[0] });
    await interruptTurn(scope);
    await releaseQueued(scope);
    const events = await db.prisma.auditEvent.findMany({
      where: { resourceId: scope.threadId, action: { startsWith: "turn." } },
      orderBy: { seq: "asc" },
    });
    expect(events.map(({ action }) => action).slice(2)).toEqual([
      "turn.edit",
      "turn.move",
      "turn.remove",
      "turn.interrupt",
      "turn.release",
    ]);
  });
});

describe("prompts held by an interrupt", () => {
  async function heldThread() {
    const busy = await busyThread("second", "third");
    await interruptTurn(busy.scope);
    await finishTurn(db, busy.scope.threadId, busy.turn.turnId, { status: "failed", code: "INTERRUPTED" });
    return busy;
  }

  test("do not run by themselves, and run in their order once they are let go", async () => {
    const { scope } = await heldThread();
    expect(await getThread(scope)).toMatchObject({ status: "idle", queuedTurns: 2 });
    expect(await claimNext(db, scope.threadId)).toBeNull();
    await releaseQueued(scope);
    expect(await getThread(scope)).toMatchObject({ status: "running", queuedTurns: 1 });
    const turn = await claimTestTurn(db, scope.threadId);
    await goOn(scope, turn.turnId);
    expect(await prompts(scope)).toEqual(["first", "second", "third"]);
    await releaseQueued(scope);
    expect(await getThread(scope)).toMatchObject({ status: "running", queuedTurns: 0 });
  });

  test("let a new prompt run first, and stay held", async () => {
    const { scope } = await heldThread();
    await sendTurn(scope, { prompt: "correction" });
    const turn = await claimTestTurn(db, scope.threadId);
    await finishTurn(db, scope.threadId, turn.turnId, { status: "completed" });
    expect(await prompts(scope)).toEqual(["first", "correction"]);
    expect(await getThread(scope)).toMatchObject({ status: "idle", queuedTurns: 2 });
    expect((await listTurns(scope)).map(({ prompt, status }) => [prompt, status])).toEqual([
      ["first", "interrupted"],
      ["correction", "completed"],
      ["second", "held"],
      ["third", "held"],
    ]);
  });

  test("can be edited and removed", async () => {
    const { scope, ids } = await heldThread();
    await editQueued(scope, { turnId: ids[0], prompt: "2nd" });
    await removeQueued(scope, { turnId: ids[1] });
    expect(await getThread(scope)).toMatchObject({ status: "idle", queuedTurns: 1 });
    await releaseQueued(scope);
    await removeQueued(scope, { turnId: ids[0] });
    expect(await getThread(scope)).toMatchObject({ status: "idle", queuedTurns: 0 });
  });
});
