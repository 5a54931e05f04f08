import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { finishTurn } from "./finish-turn.ts";
import { addInboxItem } from "./inbox-items.ts";
import { readThreadInbox } from "./inbox-settle.ts";
import { transact } from "./mutate.ts";
import { retryTurn } from "./retry.ts";
import { claimSetup } from "./run-setup.ts";
import type { Principal } from "./scope.ts";
import { threadScope } from "./scope.ts";
import { decideSetup } from "./setup.ts";
import { openTestDatabase } from "./testing/database.ts";
import { addMember, makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { claimTestTurn, openTestThread } from "./testing/turns.ts";
import { sendTurn } from "./turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;
let colleague: Principal;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
});
afterAll(() => close());
beforeEach(async () => {
  workspace = await makeWorkspace(db);
  colleague = await addMember(db, workspace.id, "member");
});

const failed = { status: "failed", code: "MODEL_FAILED" } as const;
const completed = { status: "completed" } as const;

async function endTurn(threadId: string, end: typeof failed | typeof completed = failed) {
  const { turnId } = await claimTestTurn(db, threadId);
  await finishTurn(db, threadId, turnId, end);
  return turnId;
}

/** What is open in inboxes because of a thread. */
async function openItems(threadId: string): Promise<string[]> {
  const items = await db.prisma.inboxItem.findMany({ where: { threadId, doneAt: null, resolvedAt: null } });
  return items.map(({ userId, kind }) => `${nameOf(userId)} ${kind}`).sort();
}

function nameOf(userId: string): string {
  if (userId === colleague.userId) return "colleague";
  return Object.entries(workspace.principals).find(([, { userId: id }]) => id === userId)?.[0] ?? "somebody";
}

const asColleague = (threadId: string) => threadScope(db, colleague, threadId, "thread.prompt");

describe("how a turn ended", () => {
  test("a failure is told to its sender and to whoever started the thread, once however often it is written", async () => {
    const { threadId } = await openTestThread(db, workspace);
    await endTurn(threadId, completed);
    await sendTurn(await asColleague(threadId), { prompt: "And now" });
    const turnId = await endTurn(threadId);
    await finishTurn(db, threadId, turnId, failed);
    expect(await openItems(threadId)).toEqual(["colleague turnFailed", "member turnFailed", "member turnFinished"]);
  });

  test("a retry settles a failure, and a second failure is another item", async () => {
    const thread = await openTestThread(db, workspace);
    await endTurn(thread.threadId);
    await retryTurn(thread);
    expect(await openItems(thread.threadId)).toEqual([]);
    await endTurn(thread.threadId);
    expect(await openItems(thread.threadId)).toEqual(["member turnFailed"]);
    expect(await db.prisma.inboxItem.count({ where: { threadId: thread.threadId } })).toBe(2);
  });

  test("a new prompt settles a failure for all, an answer only for its sender", async () => {
    const thread = await openTestThread(db, workspace);
    await endTurn(thread.threadId);
    await sendTurn(await asColleague(thread.threadId), { prompt: "Try this" });
    expect(await openItems(thread.threadId)).toEqual([]);
    await endTurn(thread.threadId, completed);
    await sendTurn(thread, { prompt: "Go on" });
    expect(await openItems(thread.threadId)).toEqual(["colleague turnFinished"]);
  });

  test("of several answers only the last is unread, and not while a queued prompt follows", async () => {
    const thread = await openTestThread(db, workspace);
    await sendTurn(thread, { prompt: "Then this" });
    await endTurn(thread.threadId, completed);
    expect(await openItems(thread.threadId)).toEqual([]);
    const last = await endTurn(thread.threadId, completed);
    const open = await db.prisma.inboxItem.findMany({ where: { threadId: thread.threadId, resolvedAt: null } });
    expect(open.map(({ turnId }) => turnId)).toEqual([last]);
  });

  test("reading the thread settles an answer for the reader alone, a failure for nobody", async () => {
    const thread = await openTestThread(db, workspace);
    await endTurn(thread.threadId, completed);
    await sendTurn(await asColleague(thread.threadId), { prompt: "Else" });
    await endTurn(thread.threadId, completed);
    await readThreadInbox(thread);
    expect(await openItems(thread.threadId)).toEqual(["colleague turnFinished"]);
    await sendTurn(await asColleague(thread.threadId), { prompt: "Fail" });
    await endTurn(thread.threadId);
    await readThreadInbox(thread);
    expect(await openItems(thread.threadId)).toEqual(["colleague turnFailed", "member turnFailed"]);
  });

  test("a connection that is killed between the end and its items leaves neither, and the repeat both, once", async () => {
    const { threadId } = await openTestThread(db, workspace);
    const { turnId } = await claimTestTurn(db, threadId);
    await db.prisma.$executeRaw`
      CREATE FUNCTION kill_self() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'`;
    await db.prisma.$executeRaw`
      CREATE TRIGGER kill_self AFTER INSERT ON "InboxItem" FOR EACH ROW EXECUTE FUNCTION kill_self()`;
    await expect(finishTurn(db, threadId, turnId, failed)).rejects.toThrow();
    await db.prisma.$executeRaw`DROP FUNCTION kill_self CASCADE`;
    expect(await db.prisma.turn.findUniqueOrThrow({ where: { id: turnId } })).toMatchObject({ status: "running" });
    expect(await openItems(threadId)).toEqual([]);
    await finishTurn(db, threadId, turnId, failed);
    await finishTurn(db, threadId, turnId, failed);
    expect(await openItems(threadId)).toEqual(["member turnFailed"]);
    expect(await db.prisma.inboxEmail.count({ where: { item: { threadId } } })).toBe(1);
  });

  test("nobody is told of a turn that was interrupted", async () => {
    const { threadId } = await openTestThread(db, workspace);
    const { turnId } = await claimTestTurn(db, threadId);
    await db.prisma.turn.update({ where: { id: turnId }, data: { interruptedAt: new Date() } });
    await finishTurn(db, threadId, turnId, failed);
    expect(await openItems(threadId)).toEqual([]);
  });
});

describe("setup", () => {
  const askFor = (setupScript: string) =>
    db.prisma.project.update({ where: { id: workspace.projectId }, data: { setupScript } });

  test("agreement is asked of the sender and of all who can give it, once, until somebody does", async () => {
    await askFor("npm ci");
    const { threadId } = await openTestThread(db, workspace);
    const turn = await claimTestTurn(db, threadId);
    await claimSetup(turn, "worktree");
    await claimSetup(turn, "worktree");
    const told = ["admin setupAsked", "member setupAsked", "owner setupAsked"];
    expect(await openItems(threadId)).toEqual(told);
    await decideSetup(await threadScope(db, workspace.principals.admin, threadId, "thread.prompt"), {
      decision: "run",
    });
    expect(await openItems(threadId)).toEqual([]);
  });

  test("nobody is told of a private thread but who started it", async () => {
    await askFor("npm ci");
    const { threadId } = await openTestThread(db, workspace, "Do it", "private");
    await claimSetup(await claimTestTurn(db, threadId), "worktree");
    expect(await openItems(threadId)).toEqual(["member setupAsked"]);
  });
});

describe("addInboxItem", () => {
  const item = (key: string, threadId: string) => ({
    workspaceId: workspace.id,
    kind: "mention" as const,
    key,
    threadId,
    userIds: [colleague.userId, workspace.principals.owner.userId],
    actorId: workspace.principals.owner.userId,
  });

  test("tells everybody but the actor, once, even when two write at the same time", async () => {
    const { threadId } = await openTestThread(db, workspace);
    const add = () => transact(db, (tx, after) => addInboxItem(tx, after, item("comment:1", threadId)));
    await Promise.all([add(), add()]);
    await add();
    expect(await openItems(threadId)).toEqual(["colleague mention"]);
    const emails = await db.prisma.inboxEmail.count({ where: { item: { threadId } } });
    expect(emails).toBe(1);
  });

  test("is there with its fact, or not at all", async () => {
    const { threadId } = await openTestThread(db, workspace);
    const cut = transact(db, async (tx, after) => {
      await addInboxItem(tx, after, item("comment:2", threadId));
      throw new Error("cut");
    });
    await expect(cut).rejects.toThrow("cut");
    expect(await openItems(threadId)).toEqual([]);
  });

  test("leaves out bots and people of other workspaces", async () => {
    const { threadId } = await openTestThread(db, workspace);
    const other = await makeWorkspace(db);
    const bot = await db.prisma.user.create({ data: { kind: "bot", name: "Bot" } });
    await db.prisma.membership.create({ data: { workspaceId: workspace.id, userId: bot.id, role: "member" } });
    const userIds = [bot.id, other.principals.owner.userId];
    await transact(db, (tx, after) => addInboxItem(tx, after, { ...item("comment:3", threadId), userIds }));
    expect(await openItems(threadId)).toEqual([]);
  });
});
