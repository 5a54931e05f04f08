import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { recentAudit } from "./audit.ts";
import type { Database } from "./database.ts";
import { createInvitationInput } from "./invitations.schema.ts";
import { createInvitation, listInvitations, revokeInvitation } from "./invitations.ts";
import type { WorkspaceRole } from "./permissions.ts";
import { type Principal, projectScope, workspaceScope } from "./scope.ts";
import { signIn } from "./sessions.ts";
import { acceptInvitation, joinByInvitation, readInvitation } from "./take-invitation.ts";
import { openTestDatabase } from "./testing/database.ts";
import { addMember, makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { createBotToken, revokeToken } from "./tokens.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;
let other: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
});
beforeEach(async () => {
  workspace = await makeWorkspace(db);
  other = await makeWorkspace(db);
});
afterAll(() => close());

const invalid = { code: "INVITATION_INVALID" };
const from = { ip: "192.0.2.1" };
const password = "correct horse";
const newEmail = () => `${crypto.randomUUID()}@example.test`;

async function inviteAs(principal: Principal, input: Partial<{ role: WorkspaceRole; email: string }> = {}, rest = {}) {
  const scope = await workspaceScope(db, principal, workspace.id, "member.invite");
  return createInvitation(scope, createInvitationInput.parse({ ...input, ...rest }));
}
const invite = (input: Parameters<typeof inviteAs>[1] = {}, rest = {}) =>
  inviteAs(workspace.principals.admin, input, rest);
const join = (token: string, email = newEmail()) => joinByInvitation(db, { token, email, password, name: "Ada" }, from);
const accept = (principal: Principal, token: string) => acceptInvitation({ db, principal }, token);
const pending = async () =>
  listInvitations(await workspaceScope(db, workspace.principals.owner, workspace.id, "member.invite"));
const expire = (id: string) =>
  db.prisma.invitation.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } });

describe("an invitation", () => {
  test("says who invites where, and lets a newcomer in once, with the roles it was made with", async () => {
    await db.prisma.project.update({ where: { id: workspace.projectId }, data: { visibility: "restricted" } });
    const projects = [{ projectId: workspace.projectId, role: "contributor" }];
    const { token } = await invite({ role: "member" }, { projects });
    expect(await readInvitation(db, token)).toEqual({
      workspace: expect.stringMatching(/^Workspace/),
      inviter: workspace.principals.admin.name,
      role: "member",
      addressed: false,
    });
    const email = newEmail();
    expect(await join(token, email)).toEqual({ workspaceId: workspace.id });
    const session = await signIn(db, { email, password }, { ...from, userAgent: null });
    const principal: Principal = {
      ...workspace.principals.member,
      userId: session?.userId ?? "",
      via: { type: "session", sessionId: session?.sessionId ?? "" },
    };
    expect(await workspaceScope(db, principal, null, "workspace.read")).toMatchObject({ role: "member" });
    expect(await projectScope(db, principal, workspace.projectId, "thread.create")).toMatchObject({
      standing: { role: "contributor" },
    });
    await expect(join(token)).rejects.toMatchObject(invalid);
    await expect(readInvitation(db, token)).rejects.toMatchObject(invalid);
    expect(await pending()).toEqual([]);
  });

  test("of many who come at once, one gets in", async () => {
    const { token } = await invite();
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => join(token)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of outcomes) if (one.status === "rejected") expect(one.reason).toMatchObject(invalid);
    expect(await db.prisma.membership.count({ where: { workspaceId: workspace.id } })).toBe(6);
    expect(await db.prisma.user.count({ where: { name: "Ada", memberships: { none: {} } } })).toBe(0);
  });

  test("that is unknown, has expired or was revoked gets one answer", async () => {
    const expired = await invite();
    await expire(expired.id);
    const revoked = await invite();
    const scope = await workspaceScope(db, workspace.principals.owner, workspace.id, "member.invite");
    await revokeInvitation(scope, revoked.id);
    await expect(revokeInvitation(scope, revoked.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const said = new Set<string>();
    for (const token of ["", "nothing", expired.token, revoked.token]) {
      for (const call of [readInvitation(db, token), join(token), accept(other.principals.owner, token)]) {
        const error = await call.catch((reason: Error) => reason);
        expect(error).toMatchObject(invalid);
        said.add((error as Error).message);
      }
    }
    expect(said.size).toBe(1);
    expect(await pending()).toEqual([]);
  });

  test("is kept as a hash alone, and is in no audit event", async () => {
    const { id, token } = await invite({ email: newEmail() });
    const row = await db.prisma.invitation.findUniqueOrThrow({ where: { id } });
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(row)).not.toContain(token);
    const scope = await workspaceScope(db, workspace.principals.auditor, workspace.id, "audit.read");
    const { events } = await recentAudit(scope, { before: null, limit: 10 });
    expect(events[0]).toMatchObject({ action: "invitation.create", resourceId: id });
    expect(JSON.stringify(events)).not.toContain(token);
  });

  test("lasts for seven days unless told otherwise", async () => {
    const days = ({ expiresAt }: { expiresAt: Date }) => Math.round((expiresAt.getTime() - Date.now()) / 86_400_000);
    expect(days(await invite())).toBe(7);
    expect(days(await invite({}, { expiresInDays: 1 }))).toBe(1);
    expect(createInvitationInput.safeParse({ expiresInDays: 31 }).success).toBe(false);
  });
});

describe("an invitation for one address", () => {
  test("is taken with that address, in any case, and with no other", async () => {
    const email = newEmail();
    const { token } = await invite({ email: email.toUpperCase() });
    expect(await readInvitation(db, token)).toMatchObject({ addressed: true });
    expect(JSON.stringify(await readInvitation(db, token))).not.toContain(email);
    await expect(join(token)).rejects.toMatchObject({ code: "JOIN_REFUSED" });
    await expect(accept(other.principals.owner, token)).rejects.toMatchObject({ code: "JOIN_REFUSED" });
    expect(await join(token, email)).toEqual({ workspaceId: workspace.id });
  });

  test("another address, and one that has an account, are refused alike; the audit log has both", async () => {
    const { email: known } = await db.prisma.user.findUniqueOrThrow({ where: { id: other.principals.owner.userId } });
    const addressed = await invite({ email: newEmail() });
    const open = await invite();
    const refusals = await Promise.all([
      join(addressed.token).catch((error: Error) => error),
      join(open.token, known ?? "").catch((error: Error) => error),
    ]);
    expect(refusals).toMatchObject([{ code: "JOIN_REFUSED" }, { code: "JOIN_REFUSED" }]);
    expect(new Set(refusals.map((error) => (error as Error).message)).size).toBe(1);
    const denied = { workspaceId: workspace.id, action: "invitation.take", outcome: "denied" };
    expect(await db.prisma.auditEvent.count({ where: denied })).toBe(2);
  });
});

describe("somebody with an account", () => {
  test("takes an invitation signed in, once, and not with a token", async () => {
    const { token } = await invite({ role: "viewer" });
    const person = other.principals.member;
    const byToken = { type: "token", tokenId: "t", workspaceId: other.id, role: "member" } as const;
    await expect(accept({ ...person, via: byToken }, token)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await accept(person, token)).toEqual({ workspaceId: workspace.id });
    expect(await workspaceScope(db, person, workspace.id, "workspace.read")).toMatchObject({ role: "viewer" });
    const second = await invite({ role: "admin" });
    await expect(accept(person, second.token)).rejects.toMatchObject({ code: "ALREADY_MEMBER" });
    expect(await readInvitation(db, second.token)).toMatchObject({ role: "admin" });
  });
});

describe("who may invite", () => {
  test.each([
    ["owner", ["owner", "admin", "member", "viewer", "auditor"]],
    ["admin", ["admin", "member", "viewer"]],
  ] as const)("%s: %j", async (role, may) => {
    for (const given of ["owner", "admin", "member", "viewer", "auditor"] as const) {
      const asked = inviteAs(workspace.principals[role], { role: given });
      if ((may as readonly string[]).includes(given)) expect((await asked).token).toBeTruthy();
      else await expect(asked).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
  });

  test("nobody else", async () => {
    for (const role of ["member", "viewer", "auditor"] as const) {
      await expect(inviteAs(workspace.principals[role])).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
  });

  test("nobody gives a place in another workspace's project", async () => {
    const projects = [{ projectId: other.projectId, role: "viewer" }];
    await expect(invite({}, { projects })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("an invitation ends with its maker's right to make it", async () => {
    const maker = await addMember(db, workspace.id, "admin");
    const { token } = await inviteAs(maker, { role: "admin" });
    const member = { workspaceId_userId: { workspaceId: workspace.id, userId: maker.userId } };
    expect(await pending()).toHaveLength(1);
    await db.prisma.membership.update({ where: member, data: { role: "member" } });
    await expect(join(token)).rejects.toMatchObject(invalid);
    expect(await pending()).toEqual([]);
    await db.prisma.membership.update({ where: member, data: { role: "owner" } });
    expect(await readInvitation(db, token)).toMatchObject({ role: "admin" });
    await db.prisma.membership.delete({ where: member });
    await expect(readInvitation(db, token)).rejects.toMatchObject(invalid);
  });

  test("a bot's invitation ends with its token", async () => {
    const scope = await workspaceScope(db, workspace.principals.owner, workspace.id, "token.manage");
    const { id: tokenId } = await createBotToken(scope, { role: "admin" });
    const { userId } = await db.prisma.apiToken.findUniqueOrThrow({ where: { id: tokenId } });
    const via = { type: "token", tokenId, workspaceId: workspace.id, role: "admin" } as const;
    const { token } = await inviteAs({ ...workspace.principals.admin, userId, kind: "bot", via });
    expect(await readInvitation(db, token)).toMatchObject({ inviter: "admin token" });
    await revokeToken(scope, tokenId);
    await expect(join(token)).rejects.toMatchObject(invalid);
  });
});
