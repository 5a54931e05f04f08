import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createComment, removeComment } from "./comments.ts";
import type { Database } from "./database.ts";
import { finishTurn } from "./finish-turn.ts";
import { loadHistory, loadPrompts } from "./history.ts";
import { listItems } from "./items.ts";
import { markRead } from "./reads.ts";
import { type Principal, type ThreadScope, threadScope } from "./scope.ts";
import { setThreadMember } from "./sharing.ts";
import { openTestDatabase } from "./testing/database.ts";
import { addMember, makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { answerStep, claimTestTurn, openTestThread } from "./testing/turns.ts";
import { getThread } from "./threads.ts";
import { sendTurn } from "./turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;
let own: ThreadScope;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
});
beforeEach(async () => {
  workspace = await makeWorkspace(db);
  own = await openTestThread(db, workspace, "Do it");
});
afterAll(() => close());

const as = (who: Principal) => threadScope(db, who, own.threadId, "thread.comment");
const say = (scope: ThreadScope, text: string, mentions: string[] = []) => createComment(scope, { text, mentions });
const comments = async () => (await listItems(own, { after: 0 })).items.filter(({ type }) => type === "comment");
const refusal = (work: Promise<unknown>) => work.then(() => "ok").catch((error: { code: string }) => error.code);

test("a comment stands where the conversation is, and no model is told of it", async () => {
  const { admin } = workspace.principals;
  await say(await as(admin), "before it began");
  const turn = await claimTestTurn(db, own.threadId);
  await answerStep(turn, 0, { text: "First" });
  await say(own, "in the middle", [admin.userId]);
  await answerStep(turn, 1, { text: "Second" });
  await sendTurn(own, { prompt: "Next" });
  await finishTurn(db, own.threadId, turn.turnId, { status: "completed" });
  const next = await claimTestTurn(db, own.threadId);
  await finishTurn(db, own.threadId, next.turnId, { status: "completed" });
  await say(own, "after all");

  expect(await comments()).toMatchObject([
    { text: "before it began", turnId: turn.turnId, step: -1, author: { name: admin.name } },
    { text: "in the middle", turnId: turn.turnId, step: 0, mentions: [{ id: admin.userId, name: admin.name }] },
    { text: "after all", turnId: next.turnId },
  ]);
  const told = JSON.stringify([await loadHistory(next), await loadPrompts(next)]);
  expect(told).toContain("First");
  for (const words of ["before it began", "in the middle", "after all", admin.name]) expect(told).not.toContain(words);
});

test("those may comment who may prompt, and project reviewers", async () => {
  const { principals, projectId } = workspace;
  const reviewer = await addMember(db, workspace.id, "member");
  await db.prisma.project.update({ where: { id: projectId }, data: { visibility: "restricted" } });
  await db.prisma.projectMember.create({ data: { projectId, userId: reviewer.userId, role: "reviewer" } });
  await db.prisma.projectMember.create({ data: { projectId, userId: principals.viewer.userId, role: "reviewer" } });
  expect(await refusal(as(reviewer))).toBe("ok");
  expect(await refusal(as(principals.owner))).toBe("ok");
  for (const who of [principals.viewer, principals.auditor]) expect(await refusal(as(who))).toBe("FORBIDDEN");
  expect(await refusal(as((await makeWorkspace(db)).principals.owner))).toBe("NOT_FOUND");
});

test("only who sees the thread can be mentioned", async () => {
  const hidden = await openTestThread(db, workspace, "Do it", "private");
  const { admin, auditor, member } = workspace.principals;
  const stranger = (await makeWorkspace(db)).principals.owner;
  for (const { userId } of [admin, stranger]) expect(await refusal(say(hidden, "hm", [userId]))).toBe("BAD_INPUT");
  await setThreadMember(hidden, { userId: admin.userId, right: "view" });
  await say(hidden, "look", [admin.userId, admin.userId, auditor.userId, member.userId]);
  const told = await db.prisma.inboxItem.findMany({ where: { threadId: hidden.threadId, kind: "mention" } });
  expect(told.map(({ userId }) => userId).sort()).toEqual([admin.userId, auditor.userId].sort());
  expect(told[0]).toMatchObject({ actorId: member.userId, note: "look" });
  const { items } = await listItems(hidden, { after: 0 });
  expect(items.at(-1)).toMatchObject({
    mentions: [{ name: admin.name }, { name: auditor.name }, { name: member.name }],
  });
});

test("its author and whoever manages the project take its words away, nobody else", async () => {
  const { admin } = workspace.principals;
  const { itemId } = await say(own, "a secret", [admin.userId]);
  const colleague = await addMember(db, workspace.id, "member");
  expect(await refusal(removeComment(await as(colleague), { itemId }))).toBe("FORBIDDEN");
  expect(await refusal(removeComment(own, { itemId: `${itemId}x` }))).toBe("NOT_FOUND");
  await removeComment(own, { itemId });
  expect(await comments()).toMatchObject([{ text: "", removed: true, mentions: [] }]);
  const second = await say(await as(colleague), "another");
  await removeComment(await as(admin), second);
  expect(JSON.stringify(await comments())).not.toContain("another");
  expect(await db.prisma.inboxItem.findMany({ where: { key: itemId } })).toMatchObject([{ note: null }]);
});

test("how far somebody has read is theirs alone, and never goes back", async () => {
  const { admin } = workspace.principals;
  const theirs = await threadScope(db, admin, own.threadId, "thread.read");
  const { seq } = await getThread(own);
  expect((await getThread(own)).readSeq).toBeNull();
  await Promise.all([markRead(own, { seq }), markRead(own, { seq: seq - 1 }), markRead(own, { seq })]);
  expect(await getThread(own)).toMatchObject({ readSeq: seq, seq });
  expect((await getThread(theirs)).readSeq).toBeNull();
  await say(await as(admin), "news");
  await markRead(own, { seq: 1_000_000 });
  expect(await getThread(own)).toMatchObject({ readSeq: seq + 1, seq: seq + 1 });
});
