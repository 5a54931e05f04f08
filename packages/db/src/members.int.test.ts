import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { recentAudit, verifyAudit } from "./audit.ts";
import type { Database } from "./database.ts";
import { leaveWorkspace, listMembers, removeMember, setMemberRole } from "./members.ts";
import type { Permission, WorkspaceRole } from "./permissions.ts";
import { turnScope } from "./run-scope.ts";
import { type Principal, projectScope, threadScope, workspaceScope } from "./scope.ts";
import { authenticateSession } from "./sessions.ts";
import { openTestDatabase } from "./testing/database.ts";
import { addMember, makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { claimTestTurn, openTestThread } from "./testing/turns.ts";
import { createThread } from "./threads.ts";
import { authenticateToken, createBotToken, createPersonalToken } from "./tokens.ts";
import { listTurns, sendTurn } from "./turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
});
beforeEach(async () => {
  workspace = await makeWorkspace(db);
});
afterAll(() => close());

const lastOwner = { code: "LAST_OWNER" };
const scopeOf = (principal: Principal, permission: Permission) =>
  workspaceScope(db, principal, workspace.id, permission);
const setRole = async (by: Principal, whom: Principal, role: WorkspaceRole) =>
  setMemberRole(await scopeOf(by, "member.manage"), { userId: whom.userId, role });
const remove = async (by: Principal, whom: Principal, threadsTo?: Principal) =>
  removeMember(await scopeOf(by, "member.manage"), { userId: whom.userId, threadsTo: threadsTo?.userId });
const leave = async (who: Principal, threadsTo?: Principal) =>
  leaveWorkspace(await scopeOf(who, "member.leave"), { threadsTo: threadsTo?.userId });
const roleOf = async ({ userId }: Principal) =>
  (await db.prisma.membership.findUnique({ where: { workspaceId_userId: { workspaceId: workspace.id, userId } } }))
    ?.role ?? null;
const signedIn = ({ via }: Principal) =>
  authenticateSession(db, via.type === "session" ? via.sessionId : "", { ip: null, requestId: "t" });
const owners = () => db.prisma.membership.count({ where: { workspaceId: workspace.id, role: "owner" } });

async function privateThread(of: Principal): Promise<string> {
  const scope = await projectScope(db, of, workspace.projectId, "thread.create");
  return (await createThread(scope, { prompt: "Mine", visibility: "private" })).id;
}

describe("members", () => {
  test("are listed with their roles, and with what the asker may change; bots are not", async () => {
    await createBotToken(await scopeOf(workspace.principals.owner, "token.manage"), { role: "member" });
    const seenBy = async (role: WorkspaceRole) =>
      Object.fromEntries(
        (await listMembers(await scopeOf(workspace.principals[role], "member.read"))).map((one) => [
          one.role,
          one.manageable,
        ]),
      );
    const none = { owner: false, admin: false, member: false, viewer: false, auditor: false };
    expect(await seenBy("owner")).toEqual({ owner: false, admin: true, member: true, viewer: true, auditor: true });
    expect(await seenBy("admin")).toEqual({ ...none, member: true, viewer: true });
    expect(await seenBy("member")).toEqual(none);
  });

  test("get the roles that the asker may give, and no others", async () => {
    const { owner, admin, member, auditor } = workspace.principals;
    await setRole(admin, member, "viewer");
    expect(await roleOf(member)).toBe("viewer");
    for (const [by, whom, role] of [
      [admin, member, "owner"],
      [admin, member, "auditor"],
      [admin, owner, "member"],
      [admin, auditor, "viewer"],
    ] as const) {
      await expect(setRole(by, whom, role)).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    await expect(remove(admin, owner)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(remove(admin, auditor)).rejects.toMatchObject({ code: "FORBIDDEN" });
    const denied = { workspaceId: workspace.id, outcome: "denied" };
    expect(await db.prisma.auditEvent.count({ where: denied })).toBe(6);
    await setRole(owner, auditor, "owner");
    expect(await roleOf(auditor)).toBe("owner");
  });

  test("of another workspace, bots and nobody do not exist", async () => {
    const { owner, admin } = workspace.principals;
    const other = await makeWorkspace(db);
    await createBotToken(await scopeOf(owner, "token.manage"), { role: "member" });
    const bot = await db.prisma.user.findFirstOrThrow({
      where: { kind: "bot", memberships: { some: { workspaceId: workspace.id } } },
    });
    for (const userId of [other.principals.member.userId, bot.id, "nobody"]) {
      const whom = { ...admin, userId };
      await expect(setRole(owner, whom, "viewer")).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(remove(owner, whom)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });
});

describe("the last owner", () => {
  test("can neither step down nor leave; a bot that is an owner does not count", async () => {
    const { owner } = workspace.principals;
    await createBotToken(await scopeOf(owner, "token.manage"), { role: "owner" });
    await expect(setRole(owner, owner, "admin")).rejects.toMatchObject(lastOwner);
    await expect(leave(owner)).rejects.toMatchObject(lastOwner);
    const second = await addMember(db, workspace.id, "owner");
    await leave(owner);
    expect(await roleOf(owner)).toBeNull();
    await expect(leave(second)).rejects.toMatchObject(lastOwner);
  });

  const exits: Record<string, (a: Principal, b: Principal) => Promise<unknown>[]> = {
    "both leave": (a, b) => [leave(a), leave(b)],
    "both step down": (a, b) => [setRole(a, a, "member"), setRole(b, b, "member")],
    "each removes the other": (a, b) => [remove(a, b), remove(b, a)],
    "each demotes the other": (a, b) => [setRole(a, b, "viewer"), setRole(b, a, "viewer")],
    "one leaves and removes": (a, b) => [leave(a), remove(a, b)],
    "one is demoted and the other leaves": (a, b) => [setRole(a, b, "member"), leave(a)],
  };
  test.each(Object.keys(exits))("stays when two owners act at once: %s", async (name) => {
    for (let round = 0; round < 8; round += 1) {
      workspace = await makeWorkspace(db);
      const second = await addMember(db, workspace.id, "owner");
      const outcomes = await Promise.allSettled(exits[name]?.(workspace.principals.owner, second) ?? []);
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const refused = outcomes.find((one) => one.status === "rejected");
      expect(refused?.reason.code).toMatch(/^(LAST_OWNER|FORBIDDEN|NOT_FOUND)$/);
      expect(await owners()).toBe(1);
    }
  });
});

describe("who is removed", () => {
  test("loses the role, the places in projects, the personal tokens and every session", async () => {
    const { owner, member } = workspace.principals;
    const { token } = await createPersonalToken(await scopeOf(member, "token.own"), { name: "git" });
    await db.prisma.projectMember.create({
      data: { projectId: workspace.projectId, userId: member.userId, role: "maintainer" },
    });
    expect(await remove(owner, member)).toMatchObject({ tokens: 1, threads: 0, turns: 0, botTokens: 0 });
    await expect(scopeOf(member, "workspace.read")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await authenticateToken(db, token, { ip: null, requestId: "t" })).toBeNull();
    expect(await signedIn(member)).toBeNull();
    expect(await db.prisma.projectMember.count({ where: { userId: member.userId } })).toBe(0);
  });

  test("keeps the session and the tokens of another workspace", async () => {
    const { owner, member } = workspace.principals;
    const other = await makeWorkspace(db);
    await db.prisma.membership.create({ data: { workspaceId: other.id, userId: member.userId, role: "member" } });
    const elsewhere = await workspaceScope(db, member, other.id, "token.own");
    const { token } = await createPersonalToken(elsewhere, { name: "git" });
    await remove(owner, member);
    expect(await signedIn(member)).toMatchObject({ userId: member.userId });
    expect(await authenticateToken(db, token, { ip: null, requestId: "t" })).not.toBeNull();
  });

  test("has turns that stop at once, and prompts that never run; those of others go on", async () => {
    const { owner, admin, member } = workspace.principals;
    const running = await openTestThread(db, workspace, "first");
    const turn = await claimTestTurn(db, running.threadId);
    await sendTurn(running, { prompt: "mine, waiting" });
    const others = await threadScope(db, owner, running.threadId, "thread.prompt");
    await sendTurn(others, { prompt: "of the owner" });
    const queued = await openTestThread(db, workspace, "nobody has begun it");

    expect(await remove(admin, member)).toMatchObject({
      turns: 3,
      threadIds: [running.threadId, queued.threadId].sort(),
    });
    await expect(turnScope(db, turn.turnId)).rejects.toMatchObject({ code: "INTERRUPTED" });
    const closing = turnScope(db, turn.turnId, undefined, { closing: true });
    expect(await closing).toMatchObject({ threadId: running.threadId, projectId: workspace.projectId });
    expect(await listTurns(others)).toMatchObject([{ id: turn.turnId, status: "running" }, { prompt: "of the owner" }]);
    const unbegun = await threadScope(db, owner, queued.threadId, "thread.read");
    expect(await listTurns(unbegun)).toMatchObject([{ status: "interrupted" }]);
    const { status } = await db.prisma.thread.findUniqueOrThrow({ where: { id: queued.threadId } });
    expect(status).toBe("idle");
  });

  test("hands private threads to the remover, or to the member that is named", async () => {
    const { owner, admin, member, viewer } = workspace.principals;
    const second = await addMember(db, workspace.id, "member");
    const [first, next] = [await privateThread(member), await privateThread(second)];
    expect(await remove(admin, member)).toMatchObject({ threads: 1, heirId: admin.userId });
    expect(await threadScope(db, admin, first, "thread.prompt")).toMatchObject({ threadId: first });
    await expect(threadScope(db, owner, first, "thread.read")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await remove(admin, second, viewer);
    expect(await threadScope(db, viewer, next, "thread.read")).toMatchObject({ threadId: next });
    await expect(threadScope(db, admin, next, "thread.read")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("hands them to nobody who may not see their project, or is no member; then nothing is done", async () => {
    const { owner, member, viewer } = workspace.principals;
    const place = { projectId: workspace.projectId, userId: member.userId, role: "contributor" as const };
    await db.prisma.projectMember.create({ data: place });
    await db.prisma.project.update({ where: { id: workspace.projectId }, data: { visibility: "restricted" } });
    await privateThread(member);
    const other = await makeWorkspace(db);
    await expect(remove(owner, member, viewer)).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(remove(owner, member, other.principals.owner)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(remove(owner, member, member)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await roleOf(member)).toBe("member");
    expect(await remove(owner, member)).toMatchObject({ threads: 1 });
  });

  test("leaves bots that go on, and the remover is told how many", async () => {
    const { owner } = workspace.principals;
    const second = await addMember(db, workspace.id, "owner");
    const { token } = await createBotToken(await scopeOf(second, "token.manage"), { role: "member" });
    expect(await remove(owner, second)).toMatchObject({ botTokens: 1, tokens: 0 });
    expect(await authenticateToken(db, token, { ip: null, requestId: "t" })).not.toBeNull();
  });

  test("is in the audit log, whose chain holds", async () => {
    const { owner, member, auditor } = workspace.principals;
    await setRole(owner, member, "viewer");
    await remove(owner, member);
    const scope = await scopeOf(auditor, "audit.read");
    const { events } = await recentAudit(scope, { before: null, limit: 2 });
    expect(events).toMatchObject([
      { action: "member.remove", resourceId: member.userId, detail: { heirId: owner.userId, turns: 0 } },
      { action: "member.set_role", detail: { from: "member", to: "viewer" } },
    ]);
    expect(await verifyAudit(scope)).toMatchObject({ ok: true });
  });
});

describe("who leaves", () => {
  test("hands private threads to the owner, or to the member that is named", async () => {
    const { owner, admin, member, auditor } = workspace.principals;
    await privateThread(member);
    expect(await leave(member)).toMatchObject({ threads: 1, heirId: owner.userId });
    const id = await privateThread(admin);
    expect(await leave(admin, auditor)).toMatchObject({ threads: 1, heirId: auditor.userId });
    expect(await db.prisma.thread.findUnique({ where: { id } })).toMatchObject({ createdById: auditor.userId });
    expect(await signedIn(admin)).toBeNull();
  });

  test("does so signed in, not with a token", async () => {
    const { member } = workspace.principals;
    const via = { type: "token", tokenId: "t", workspaceId: workspace.id, role: "member" } as const;
    await expect(leave({ ...member, via })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});
