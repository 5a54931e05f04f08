import { verify } from "@node-rs/argon2";
import type { AccountView, ChangePasswordInput, RevokeSessionsInput, SessionView } from "./account.schema.ts";
import { actorOfPrincipal } from "./audit.ts";
import { AppError } from "./errors.ts";
import { sessionOf, type UserScope } from "./scope.ts";
import { hashPassword } from "./sessions.ts";
import { writeAccount } from "./write-account.ts";

/** The account of who is signed in. */
export async function getAccount(scope: UserScope): Promise<AccountView> {
  const { id, name, email, passwordHash, identities } = await scope.db.prisma.user.findUniqueOrThrow({
    where: { id: scope.principal.userId },
    include: { identities: { select: { id: true, issuer: true, createdAt: true }, orderBy: { createdAt: "asc" } } },
  });
  return { id, name, email, hasPassword: passwordHash !== null, identities };
}

/** Changes the name that others see, in what was written before, too. @throws FORBIDDEN with a token */
export async function renameAccount(scope: UserScope, { name }: { name: string }): Promise<void> {
  await writeOwn(scope, "account.rename", async (tx, userId) => {
    await tx.user.update({ where: { id: userId }, data: { name } });
  });
}

/**
 * Sets a new password and ends every other session. Links for a reset are worth nothing afterwards.
 * @throws PASSWORD_WRONG, FORBIDDEN with a token
 */
export async function changePassword(scope: UserScope, input: ChangePasswordInput): Promise<void> {
  const current = sessionOf(scope);
  const { passwordHash: old } = await scope.db.prisma.user.findUniqueOrThrow({
    where: { id: scope.principal.userId },
  });
  const right = old !== null && (await verify(old, input.current));
  if (!right) {
    await writeOwn(scope, "account.change_password", async () => undefined, "denied");
    throw new AppError("PASSWORD_WRONG");
  }
  const passwordHash = await hashPassword(input.next);
  await writeOwn(scope, "account.change_password", async (tx, userId) => {
    // Whoever changed it meanwhile knows a password that is not this one.
    const changed = await tx.user.updateMany({ where: { id: userId, passwordHash: old }, data: { passwordHash } });
    if (changed.count === 0) throw new AppError("PASSWORD_WRONG");
    await tx.passwordReset.deleteMany({ where: { userId, usedAt: null } });
    await tx.session.updateMany({
      where: { userId, revokedAt: null, id: { not: current } },
      data: { revokedAt: new Date() },
    });
  });
}

/** Where the person is signed in, latest seen first. @throws FORBIDDEN with a token */
export async function listSessions(scope: UserScope): Promise<SessionView[]> {
  const current = sessionOf(scope);
  const rows = await scope.db.prisma.session.findMany({
    where: { userId: scope.principal.userId, revokedAt: null, expiresAt: { gt: new Date() } },
    orderBy: [{ lastSeenAt: "desc" }, { id: "desc" }],
    take: 200,
  });
  return rows.map(({ id, userAgent, ip, createdAt, lastSeenAt, expiresAt }) => ({
    id,
    userAgent,
    ip,
    createdAt,
    lastSeenAt,
    expiresAt,
    current: id === current,
  }));
}

/**
 * Signs out in one browser or in all of them.
 * @throws NOT_FOUND for a session that is none of one's own or has ended, FORBIDDEN with a token
 */
export async function revokeSessions(scope: UserScope, input: RevokeSessionsInput): Promise<void> {
  const current = sessionOf(scope);
  const { sessionId, keepCurrent } = input;
  const which = sessionId !== undefined ? { id: sessionId } : keepCurrent ? { id: { not: current } } : {};
  await writeOwn(scope, "session.close", async (tx, userId) => {
    const where = { userId, revokedAt: null, ...which };
    const { count } = await tx.session.updateMany({ where, data: { revokedAt: new Date() } });
    if (count === 0 && sessionId !== undefined) throw new AppError("NOT_FOUND");
  });
}

function writeOwn(
  scope: UserScope,
  action: string,
  write: Parameters<typeof writeAccount>[2],
  outcome: "ok" | "denied" = "ok",
): Promise<void> {
  sessionOf(scope);
  const { db, principal } = scope;
  return writeAccount(db, { userId: principal.userId, actor: actorOfPrincipal(principal), action, outcome }, write);
}
