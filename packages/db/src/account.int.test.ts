import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { changePassword, getAccount, listSessions, renameAccount, revokeSessions } from "./account.ts";
import type { Database } from "./database.ts";
import { removeMember } from "./members.ts";
import { checkPasswordReset, createPasswordReset, usePasswordReset } from "./password-resets.ts";
import type { WorkspaceRole } from "./permissions.ts";
import { type Principal, workspaceScope } from "./scope.ts";
import { authenticateSession, hashPassword, signIn } from "./sessions.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;
let other: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  other = await makeWorkspace(db);
});
beforeEach(async () => {
  workspace = await makeWorkspace(db);
});
afterAll(() => close());

const old = "the old password";
const next = "the next password";
const from = { ip: "192.0.2.1", userAgent: "Browser/1" };
const invalid = { code: "RESET_INVALID" };
const token = { type: "token", tokenId: "t", workspaceId: "w", role: "member" } as const;

/** A member with a password, signed in. */
async function person(role: WorkspaceRole = "member"): Promise<{ email: string; principal: Principal }> {
  const email = `${crypto.randomUUID()}@example.test`;
  const { id: userId } = await db.prisma.user.create({
    data: { name: "Ada", email, passwordHash: await hashPassword(old) },
  });
  await db.prisma.membership.create({ data: { workspaceId: workspace.id, userId, role } });
  return { email, principal: await openSession(email) };
}

async function openSession(email: string, password = old): Promise<Principal> {
  const session = await signIn(db, { email, password }, from);
  if (!session) throw new Error("the password is wrong");
  const principal = await authenticateSession(db, session.sessionId, { ip: from.ip, requestId: "t" });
  if (!principal) throw new Error("the session does not sign in");
  return principal;
}

const lives = async ({ via }: Principal) =>
  (await authenticateSession(db, via.type === "session" ? via.sessionId : "", { ip: null, requestId: "t" })) !== null;
const scope = (principal: Principal) => ({ db, principal });
const knows = async (email: string, password: string) => (await signIn(db, { email, password }, from)) !== null;
const audited = (principal: Principal) =>
  db.prisma.auditEvent.findMany({
    where: { workspaceId: workspace.id, resourceId: principal.userId, action: { not: "session.open" } },
    select: { action: true, outcome: true, via: true },
    orderBy: { seq: "asc" },
  });

describe("an account", () => {
  test("has a name, which its owner changes, in the browser", async () => {
    const { email, principal } = await person();
    await renameAccount(scope(principal), { name: "Ada Lovelace" });
    expect(await getAccount(scope(principal))).toMatchObject({ name: "Ada Lovelace", email, hasPassword: true });
    const refused = renameAccount(scope({ ...principal, via: token }), { name: "Bot" });
    await expect(refused).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await audited(principal)).toMatchObject([{ action: "account.rename", outcome: "ok" }]);
  });

  test("changes its password for the old one alone, and ends the other sessions", async () => {
    const { email, principal } = await person();
    const elsewhere = await openSession(email);
    await expect(changePassword(scope(principal), { current: next, next })).rejects.toMatchObject({
      code: "PASSWORD_WRONG",
    });
    expect(await lives(elsewhere)).toBe(true);
    await changePassword(scope(principal), { current: old, next });
    expect([await knows(email, old), await knows(email, next)]).toEqual([false, true]);
    expect([await lives(principal), await lives(elsewhere)]).toEqual([true, false]);
    expect(await audited(principal)).toMatchObject([{ outcome: "denied" }, { outcome: "ok" }]);
    const byToken = changePassword(scope({ ...principal, via: token }), { current: next, next: old });
    await expect(byToken).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("of two changes at once, one counts", async () => {
    const { email, principal } = await person();
    const wanted = ["first password", "second password"];
    const outcomes = await Promise.allSettled(
      wanted.map((password) => changePassword(scope(principal), { current: old, next: password })),
    );
    const known = await Promise.all(wanted.map((password) => knows(email, password)));
    expect(outcomes.map(({ status }) => status === "fulfilled")).toEqual(known);
    expect(known.filter(Boolean)).toHaveLength(1);
  });
});

describe("sessions", () => {
  test("are listed for their owner, and end one by one or all together", async () => {
    const { email, principal } = await person();
    const [second, third] = [await openSession(email), await openSession(email)];
    const idOf = ({ via }: Principal) => (via.type === "session" ? via.sessionId : "");
    const seen = await listSessions(scope(principal));
    expect(seen.filter(({ current }) => current)).toMatchObject([{ id: idOf(principal), userAgent: "Browser/1" }]);
    expect(seen).toHaveLength(3);

    await revokeSessions(scope(principal), { sessionId: idOf(second), keepCurrent: false });
    expect([await lives(second), await lives(third)]).toEqual([false, true]);
    const again = revokeSessions(scope(principal), { sessionId: idOf(second), keepCurrent: false });
    await expect(again).rejects.toMatchObject({ code: "NOT_FOUND" });
    const foreign = revokeSessions(scope(other.principals.owner), { sessionId: idOf(third), keepCurrent: false });
    await expect(foreign).rejects.toMatchObject({ code: "NOT_FOUND" });

    await revokeSessions(scope(principal), { keepCurrent: true });
    expect([await lives(principal), await lives(third)]).toEqual([true, false]);
    await revokeSessions(scope(principal), { keepCurrent: false });
    expect(await lives(principal)).toBe(false);
    expect(await lives(other.principals.owner)).toBe(true);
  });
});

describe("a link for a new password", () => {
  const linkFor = async (by: Principal, userId: string) =>
    createPasswordReset(await workspaceScope(db, by, workspace.id, "member.manage"), { userId });
  const reset = (secret: string, password = next) => usePasswordReset(db, { token: secret, password }, from);

  test("is made by an admin and used once; every session ends", async () => {
    const { email, principal } = await person();
    const link = await linkFor(workspace.principals.admin, principal.userId);
    expect(Math.round((link.expiresAt.getTime() - Date.now()) / 3_600_000)).toBe(24);
    await checkPasswordReset(db, link.token);
    await reset(link.token);
    expect([await knows(email, old), await knows(email, next)]).toEqual([false, true]);
    expect(await lives(principal)).toBe(false);
    await expect(reset(link.token)).rejects.toMatchObject(invalid);
    await expect(checkPasswordReset(db, link.token)).rejects.toMatchObject(invalid);
    const rows = await db.prisma.passwordReset.findMany();
    expect(JSON.stringify(rows)).not.toContain(link.token);
    expect(await audited(principal)).toMatchObject([
      { action: "member.reset_password", outcome: "ok" },
      { action: "account.reset_password", via: `reset:${link.id}` },
    ]);
  });

  test("of many who use it at once, one does", async () => {
    const { email, principal } = await person();
    const link = await linkFor(workspace.principals.owner, principal.userId);
    const wanted = Array.from({ length: 5 }, (_, index) => `password number ${index}`);
    const outcomes = await Promise.allSettled(wanted.map((password) => reset(link.token, password)));
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await knows(email, wanted[winner] ?? "")).toBe(true);
  });

  test("is worth nothing once it has expired, another was made, or the password was changed", async () => {
    const { principal } = await person();
    const { admin } = workspace.principals;
    const expired = await linkFor(admin, principal.userId);
    await db.prisma.passwordReset.update({ where: { id: expired.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    await expect(reset(expired.token)).rejects.toMatchObject(invalid);
    const first = await linkFor(admin, principal.userId);
    const second = await linkFor(admin, principal.userId);
    await expect(reset(first.token)).rejects.toMatchObject(invalid);
    await checkPasswordReset(db, second.token);
    await changePassword(scope(principal), { current: old, next });
    await expect(reset(second.token)).rejects.toMatchObject(invalid);
    await expect(reset("nothing")).rejects.toMatchObject(invalid);
  });

  test("is for members below the maker, never for oneself, and never by a token", async () => {
    const { owner, admin, auditor, member } = workspace.principals;
    for (const whom of [owner, auditor, admin]) {
      await expect(linkFor(admin, whom.userId)).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    await expect(linkFor(member, admin.userId)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(linkFor(owner, other.principals.member.userId)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const via = { type: "token", tokenId: "t", workspaceId: workspace.id, role: "owner" } as const;
    await expect(linkFor({ ...owner, via }, member.userId)).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("is not for whom another workspace has, too, unless the maker manages there as well", async () => {
    const { principal } = await person();
    const { owner } = workspace.principals;
    const early = await linkFor(owner, principal.userId);
    const { userId } = principal;
    await db.prisma.membership.create({ data: { workspaceId: other.id, userId, role: "admin" } });
    await expect(linkFor(owner, userId)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(reset(early.token)).rejects.toMatchObject(invalid);
    await db.prisma.membership.create({ data: { workspaceId: other.id, userId: owner.userId, role: "admin" } });
    await checkPasswordReset(db, early.token);
  });

  test("ends with its maker's rights, and with the membership", async () => {
    const { principal } = await person();
    const { owner, admin } = workspace.principals;
    const link = await linkFor(admin, principal.userId);
    const member = { workspaceId_userId: { workspaceId: workspace.id, userId: admin.userId } };
    await db.prisma.membership.update({ where: member, data: { role: "member" } });
    await expect(reset(link.token)).rejects.toMatchObject(invalid);
    await db.prisma.membership.update({ where: member, data: { role: "admin" } });
    const managing = await workspaceScope(db, owner, workspace.id, "member.manage");
    await removeMember(managing, { userId: principal.userId });
    await expect(reset(link.token)).rejects.toMatchObject(invalid);
  });
});
