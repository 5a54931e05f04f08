import type { Actor } from "./audit.ts";
import type { Database, Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { PasswordReset } from "./generated/client.ts";
import { newId } from "./ids.ts";
import { hashLinkSecret, newLinkSecret } from "./link-secret.ts";
import { mutate, rememberRefusal } from "./mutate.ts";
import { rolesBelow } from "./permissions.ts";
import { sessionOf, type WorkspaceScope } from "./scope.ts";
import { hashPassword } from "./sessions.ts";
import { writeAccount } from "./write-account.ts";

const linkHours = 24;

type Reader = Tx | Database["prisma"];

/**
 * A link by which a member sets a new password; an earlier one ends. Whoever has it can become that person everywhere, so
 * its maker must be somebody who manages the person in each of the person's workspaces.
 * @returns its secret, which is kept nowhere else
 * @throws NOT_FOUND for who is no human member, FORBIDDEN
 */
export async function createPasswordReset(
  scope: WorkspaceScope,
  { userId }: { userId: string },
): Promise<{ id: string; token: string; expiresAt: Date }> {
  const { workspaceId, principal } = scope;
  const id = newId();
  const { token, hash } = newLinkSecret();
  const expiresAt = new Date(Date.now() + linkHours * 3_600_000);
  const entry = { action: "member.reset_password", resource: { type: "member", id: userId } };
  const written = mutate(scope, entry, async (tx) => {
    sessionOf(scope);
    const member = await tx.membership.findUnique({
      where: { workspaceId_userId: { workspaceId, userId }, user: { kind: "human" } },
    });
    if (!member) throw new AppError("NOT_FOUND");
    if (userId === principal.userId) {
      throw new AppError("FORBIDDEN", { message: "Change your own password in your profile." });
    }
    if (!(await managesEverywhere(tx, principal.userId, userId))) {
      throw new AppError("FORBIDDEN", {
        message: "This takes somebody who may manage this person in every workspace that the person belongs to.",
      });
    }
    await tx.passwordReset.deleteMany({ where: { userId, usedAt: null } });
    await tx.passwordReset.create({
      data: { id, userId, workspaceId, hash, createdById: principal.userId, expiresAt },
    });
  });
  await rememberRefusal(scope, entry, written);
  return { id, token, expiresAt };
}

/** Whether a link can be used; says nothing about whose it is. @throws RESET_INVALID */
export async function checkPasswordReset(db: Database, token: string): Promise<void> {
  await findOpen(db.prisma, token);
}

/**
 * Sets the password of the person whom the link was made for, and ends every session of that person.
 * @throws RESET_INVALID, the same for one that never was, is used, has expired or whose maker may not make it any more
 */
export async function usePasswordReset(
  db: Database,
  input: { token: string; password: string },
  request: { ip: string | null },
): Promise<void> {
  const { id, userId, user } = await findOpen(db.prisma, input.token);
  const passwordHash = await hashPassword(input.password);
  const actor: Actor = { userId, name: user.name, kind: "human", via: `reset:${id}`, ip: request.ip };
  await writeAccount(db, { userId, actor, action: "account.reset_password" }, async (tx) => {
    await findOpen(tx, input.token);
    const usedAt = new Date();
    const used = await tx.passwordReset.updateMany({ where: { id, usedAt: null }, data: { usedAt } });
    if (used.count === 0) throw new AppError("RESET_INVALID");
    await tx.user.update({ where: { id: userId }, data: { passwordHash } });
    await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: usedAt } });
  });
}

async function findOpen(db: Reader, token: string): Promise<PasswordReset & { user: { name: string } }> {
  const row = await db.passwordReset.findUnique({
    where: { hash: hashLinkSecret(token) },
    include: { user: { select: { name: true } } },
  });
  const open = row && !row.usedAt && row.expiresAt.getTime() > Date.now();
  if (!open || !(await managesEverywhere(db, row.createdById, row.userId))) throw new AppError("RESET_INVALID");
  return row;
}

/** Whether one person may manage another in each workspace of the other, of which there is one at least. */
async function managesEverywhere(db: Reader, managerId: string, userId: string): Promise<boolean> {
  const places = await db.membership.findMany({ where: { userId }, select: { workspaceId: true, role: true } });
  const own = await db.membership.findMany({
    where: { userId: managerId, workspaceId: { in: places.map(({ workspaceId }) => workspaceId) } },
    select: { workspaceId: true, role: true },
  });
  const roles = new Map(own.map(({ workspaceId, role }) => [workspaceId, role]));
  const manages = ({ workspaceId, role }: (typeof places)[number]) => {
    const managing = roles.get(workspaceId);
    return managing !== undefined && rolesBelow(managing).includes(role);
  };
  return places.length > 0 && places.every(manages);
}
