import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { finishTurn } from "./finish-turn.ts";
import { handOver } from "./hand-over.ts";
import { listItems } from "./items.ts";
import { removeMember } from "./members.ts";
import type { Permission, ProjectRole, ThreadRight } from "./permissions.ts";
import { turnScope } from "./run-scope.ts";
import { type Principal, projectScope, type ThreadScope, threadScope, workspaceScope } from "./scope.ts";
import { getSharing, removeThreadMember, setThreadMember, setThreadVisibility } from "./sharing.ts";
import { openTestDatabase } from "./testing/database.ts";
import { addMember, makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { claimTestTurn, openTestThread } from "./testing/turns.ts";
import { committedThreads } from "./thread-origins.ts";
import { getThread, listThreads, listWorkspaceThreads } from "./threads.ts";
import { listTurns, sendTurn } from "./turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;
/** The member's own private thread. */
let own: ThreadScope;
let friend: Principal;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
});
beforeEach(async () => {
  workspace = await makeWorkspace(db);
  own = await openTestThread(db, workspace, "Do it", "private");
  friend = await addMember(db, workspace.id, "member");
});
afterAll(() => close());

const open = (who: Principal, permission: Permission = "thread.read", { threadId } = own) =>
  threadScope(db, who, threadId, permission);
const refusal = (work: Promise<unknown>) => work.then(() => "ok").catch((error: { code: string }) => error.code);
const give = (userId: string, right: ThreadRight, scope = own) => setThreadMember(scope, { userId, right });
const auditOf = (action: string) =>
  db.prisma.auditEvent.findMany({ where: { workspaceId: workspace.id, action }, orderBy: { seq: "asc" } });
const place = (role: ProjectRole, { userId }: Principal) =>
  db.prisma.projectMember.create({ data: { projectId: workspace.projectId, userId, role } });

describe("a private thread", () => {
  test("is not there for anybody but its owner and auditors", async () => {
    for (const role of ["owner", "admin", "viewer"] as const) {
      expect(await refusal(open(workspace.principals[role]))).toBe("NOT_FOUND");
    }
    expect(await refusal(open(friend))).toBe("NOT_FOUND");
    expect(await refusal(open(workspace.principals.auditor))).toBe("ok");
  });

  test("opens to whom it was shared with, as far as the right goes, in every list", async () => {
    const may = async () =>
      Promise.all(
        (["thread.read", "thread.comment", "thread.prompt", "thread.archive", "thread.share"] as const).map((right) =>
          refusal(open(friend, right)),
        ),
      );
    const [ok, no] = ["ok", "FORBIDDEN"];
    await give(friend.userId, "view");
    expect(await may()).toEqual([ok, no, no, no, no]);
    await give(friend.userId, "comment");
    expect(await may()).toEqual([ok, ok, no, no, no]);
    await give(friend.userId, "steer");
    expect(await may()).toEqual([ok, ok, ok, ok, no]);
    const inProject = await projectScope(db, friend, workspace.projectId, "thread.read");
    const everywhere = await workspaceScope(db, friend, workspace.id, "thread.read");
    await db.prisma.thread.update({ where: { id: own.threadId }, data: { headCommit: "a".repeat(40) } });
    for (const list of [listThreads(inProject), listWorkspaceThreads(everywhere), committedThreads(inProject)]) {
      expect((await list).map(({ id }) => id)).toEqual([own.threadId]);
    }
    await removeThreadMember(own, { userId: friend.userId });
    expect(await refusal(open(friend))).toBe("NOT_FOUND");
    expect(await listWorkspaceThreads(everywhere)).toEqual([]);
    expect(await auditOf("thread.set_member")).toHaveLength(3);
  });

  test("says to each reader what they may do", async () => {
    await give(friend.userId, "comment");
    expect((await getThread(await open(friend))).permissions).toEqual(["thread.read", "thread.comment"]);
    expect((await getThread(own)).permissions).toEqual(
      expect.arrayContaining(["thread.prompt", "thread.share", "thread.delete"]),
    );
    expect((await getThread(await open(workspace.principals.auditor))).permissions).toEqual(["thread.read"]);
  });
});

describe("a right in a thread", () => {
  test("comes on top of the role in the project, and never above the role in the workspace", async () => {
    const where = { id: workspace.projectId };
    await db.prisma.project.update({ where, data: { visibility: "restricted" } });
    await place("contributor", workspace.principals.member);
    await place("reviewer", friend);
    await setThreadVisibility(await open(workspace.principals.member, "thread.share"), { visibility: "shared" });
    expect(await refusal(open(friend, "thread.comment"))).toBe("ok");
    expect(await refusal(open(friend, "thread.prompt"))).toBe("FORBIDDEN");
    await give(friend.userId, "steer");
    expect(await refusal(open(friend, "thread.prompt"))).toBe("ok");
    expect(await refusal(open(friend, "thread.push"))).toBe("FORBIDDEN");
    const { viewer, auditor } = workspace.principals;
    await place("maintainer", viewer);
    expect(await refusal(give(viewer.userId, "steer"))).toBe("BAD_INPUT");
    expect(await refusal(give(auditor.userId, "comment"))).toBe("BAD_INPUT");
    await give(viewer.userId, "view");
  });

  test("is for members of the workspace who see the project, and not for the owner of the thread", async () => {
    const other = await makeWorkspace(db);
    const stranger = await addMember(db, workspace.id, "member");
    await place("contributor", workspace.principals.member);
    await db.prisma.project.update({ where: { id: workspace.projectId }, data: { visibility: "restricted" } });
    for (const { userId } of [other.principals.member, stranger, { userId: "nobody" }]) {
      expect(await refusal(give(userId, "view"))).toBe("NOT_FOUND");
    }
    expect(await refusal(give(workspace.principals.member.userId, "view"))).toBe("BAD_INPUT");
    expect(await refusal(removeThreadMember(own, { userId: friend.userId }))).toBe("NOT_FOUND");
  });

  test("without a way into the project opens nothing", async () => {
    await give(friend.userId, "steer");
    await db.prisma.project.update({ where: { id: workspace.projectId }, data: { visibility: "restricted" } });
    expect(await refusal(open(friend))).toBe("NOT_FOUND");
  });

  test("ends with the membership", async () => {
    await give(friend.userId, "steer");
    const scope = await workspaceScope(db, workspace.principals.admin, workspace.id, "member.manage");
    await removeMember(scope, { userId: friend.userId });
    expect(await db.prisma.threadMember.count({ where: { userId: friend.userId } })).toBe(0);
  });

  test("is listed with who else sees the thread, and who could", async () => {
    await give(friend.userId, "comment");
    const { ownerId, visibility, people } = await getSharing(own);
    expect({ ownerId, visibility }).toEqual({ ownerId: own.principal.userId, visibility: "private" });
    const byRole = people.map(({ workspaceRole, right, may }) => [workspaceRole, right, may]);
    expect(byRole.sort()).toEqual([
      ["admin", null, null],
      ["auditor", null, "view"],
      ["member", null, "steer"],
      ["member", "comment", "comment"],
      ["owner", null, null],
      ["viewer", null, null],
    ]);
    expect(people.find(({ workspaceRole }) => workspaceRole === "viewer")?.rights).toEqual(["view"]);
  });
});

describe("who says who sees it", () => {
  test("is its owner; in a shared thread maintainers and admins, too", async () => {
    await give(friend.userId, "steer");
    expect(await refusal(open(friend, "thread.share"))).toBe("FORBIDDEN");
    await setThreadVisibility(own, { visibility: "shared" });
    const asked = (who: Principal) => refusal(open(who, "thread.share"));
    const { owner, admin, member, viewer, auditor } = workspace.principals;
    for (const who of [owner, admin, member]) expect(await asked(who)).toBe("ok");
    for (const who of [friend, viewer, auditor]) expect(await asked(who)).toBe("FORBIDDEN");
    await place("maintainer", friend);
    expect(await asked(friend)).toBe("ok");
    await setThreadVisibility(own, { visibility: "private" });
    expect(await asked(admin)).toBe("NOT_FOUND");
  });
});

describe("a hand-over", () => {
  test("makes the thread another's; of a private one the former owner goes on steering", async () => {
    await handOver(own, { userId: friend.userId });
    expect(await getThread(await open(friend, "thread.share"))).toMatchObject({ createdBy: { id: friend.userId } });
    const { member } = workspace.principals;
    expect(await refusal(open(member, "thread.prompt"))).toBe("ok");
    expect(await refusal(open(member, "thread.share"))).toBe("FORBIDDEN");
    const { items } = await listItems(own, { after: 0 });
    expect(items.at(-1)).toMatchObject({
      type: "notice",
      kind: "handedOver",
      message: expect.stringContaining(friend.name),
    });
    expect(await refusal(handOver(own, { userId: friend.userId }))).toBe("FORBIDDEN");
  });

  test("by an admin tells both, and leaves a shared thread's former owner as a member like others", async () => {
    await setThreadVisibility(own, { visibility: "shared" });
    const { admin, member } = workspace.principals;
    await handOver(await open(admin, "thread.share"), { userId: friend.userId });
    const told = await db.prisma.inboxItem.findMany({ where: { threadId: own.threadId, kind: "handOver" } });
    expect(told.map(({ userId }) => userId).sort()).toEqual([friend.userId, member.userId].sort());
    expect(await db.prisma.threadMember.count({ where: { threadId: own.threadId } })).toBe(0);
  });

  test("is to somebody else who may steer", async () => {
    const { viewer, member } = workspace.principals;
    expect(await refusal(handOver(own, { userId: viewer.userId }))).toBe("BAD_INPUT");
    expect(await refusal(handOver(own, { userId: member.userId }))).toBe("BAD_INPUT");
    expect(await refusal(handOver(own, { userId: "nobody" }))).toBe("NOT_FOUND");
  });

  test("done twice at once happens once", async () => {
    const second = await addMember(db, workspace.id, "member");
    const heirs = [friend, second];
    const results = await Promise.all(heirs.map(({ userId }) => refusal(handOver(own, { userId }))));
    expect(results.sort()).toEqual(["FORBIDDEN", "ok"]);
    expect(await auditOf("thread.hand_over")).toHaveLength(1);
  });
});

describe("a right that is lost in mid-turn", () => {
  /** The friend's prompt runs, another of theirs and one of the owner's wait. */
  async function friendAtWork() {
    await give(friend.userId, "steer");
    await finishTurn(db, own.threadId, (await claimTestTurn(db, own.threadId)).turnId, { status: "completed" });
    const theirs = await open(friend, "thread.prompt");
    await sendTurn(theirs, { prompt: "Mine" });
    const turn = await claimTestTurn(db, own.threadId);
    await sendTurn(theirs, { prompt: "And this" });
    await sendTurn(own, { prompt: "Then that" });
    return { turn, theirs };
  }

  test.each([
    ["taken", () => removeThreadMember(own, { userId: friend.userId })],
    ["lowered", () => give(friend.userId, "comment")],
  ])("%s here stops what its holder has under way, says why, and lets others go on", async (_, lose) => {
    const { turn } = await friendAtWork();
    expect(await lose()).toEqual({ turns: 2 });
    expect(await refusal(turnScope(db, turn.turnId))).toBe("INTERRUPTED");
    await finishTurn(db, own.threadId, turn.turnId, { status: "failed", code: "INTERRUPTED" });
    const { items } = await listItems(own, { after: 0 });
    expect(items.findLast(({ type }) => type === "notice")).toMatchObject({
      message: `Interrupted by ${own.principal.name}: ${friend.name} may no longer steer this thread.`,
    });
    expect((await listTurns(own)).map(({ status }) => status)).toEqual(["completed", "interrupted", "queued"]);
  });

  test("with the role in the project is found out at the next step", async () => {
    const { turn } = await friendAtWork();
    await db.prisma.project.update({ where: { id: workspace.projectId }, data: { visibility: "restricted" } });
    expect(await refusal(turnScope(db, turn.turnId))).toBe("RIGHTS_LOST");
    await expect(turnScope(db, turn.turnId, undefined, { closing: true })).resolves.toBeDefined();
  });

  test("stays with whose place in the project gives it", async () => {
    const { turn } = await friendAtWork();
    await setThreadVisibility(own, { visibility: "shared" });
    expect(await removeThreadMember(own, { userId: friend.userId })).toEqual({ turns: 0 });
    await expect(turnScope(db, turn.turnId)).resolves.toBeDefined();
    expect(await setThreadVisibility(own, { visibility: "private" })).toEqual({ turns: 2 });
  });

  test("counts for a prompt that was on its way", async () => {
    const { theirs, turn } = await friendAtWork();
    await removeThreadMember(own, { userId: friend.userId });
    await finishTurn(db, own.threadId, turn.turnId, { status: "failed", code: "INTERRUPTED" });
    await finishTurn(db, own.threadId, (await claimTestTurn(db, own.threadId)).turnId, { status: "completed" });
    const { turnId } = await sendTurn(theirs, { prompt: "Late" });
    await expect(claimTestTurn(db, own.threadId)).rejects.toMatchObject({ code: "RIGHTS_LOST" });
    expect(await refusal(turnScope(db, turnId))).toBe("RIGHTS_LOST");
  });
});
