import type { Actor } from "./audit.ts";
import type { Database, Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import { type Invitation, Prisma } from "./generated/client.ts";
import { newId } from "./ids.ts";
import type { InvitationOffer, JoinInput } from "./invitations.schema.ts";
import { hashLinkSecret } from "./link-secret.ts";
import { lockMembers } from "./members-lock.ts";
import { mutate, rememberRefusal } from "./mutate.ts";
import { lowerRole, rolesBelow } from "./permissions.ts";
import { sessionOf, type UserScope } from "./scope.ts";
import { hashPassword } from "./sessions.ts";

type Reader = Tx | Database["prisma"];
type Given = Pick<Invitation, "workspaceId" | "role" | "createdById" | "tokenId">;

/**
 * Who made an invitation, while they could still make it: a member who has left, has a lower role by now or used a token
 * that was revoked since lets nobody in.
 */
export async function standsBehind(db: Reader, given: Given): Promise<{ id: string; name: string } | null> {
  const { workspaceId, createdById: userId, tokenId } = given;
  const member = await db.membership.findUnique({
    where: { workspaceId_userId: { workspaceId, userId } },
    select: { role: true, user: { select: { id: true, name: true } } },
  });
  const token = tokenId === null ? null : await db.apiToken.findUnique({ where: { id: tokenId } });
  if (!member || (tokenId !== null && (!token || token.revokedAt))) return null;
  const role = token ? lowerRole(token.role, member.role) : member.role;
  return rolesBelow(role).includes(given.role) ? member.user : null;
}

/** @throws INVITATION_INVALID, the same for one that never was, is used, has expired, was revoked or has lost its maker */
async function findOpen(db: Reader, token: string) {
  const row = await db.invitation.findUnique({
    where: { hash: hashLinkSecret(token) },
    include: { workspace: { select: { name: true } }, projects: true },
  });
  const open = row && !row.usedAt && !row.revokedAt && row.expiresAt.getTime() > Date.now();
  const inviter = open ? await standsBehind(db, row) : null;
  if (!row || !inviter) throw new AppError("INVITATION_INVALID");
  return { ...row, inviter };
}

/** For whoever has the link, signed in or not. @throws INVITATION_INVALID */
export async function readInvitation(db: Database, token: string): Promise<InvitationOffer> {
  const { workspace, inviter, role, email } = await findOpen(db.prisma, token);
  return { workspace: workspace.name, inviter: inviter.name, role, addressed: email !== null };
}

/**
 * Makes an account for whoever has the link, and lets it in.
 * @throws INVITATION_INVALID; JOIN_REFUSED alike for another address than the invited one and for one that has an account
 */
export async function joinByInvitation(
  db: Database,
  input: JoinInput,
  request: { ip: string | null },
): Promise<{ workspaceId: string }> {
  const { name, email, token, password } = input;
  const { id, workspaceId } = await findOpen(db.prisma, token);
  const person = { name, email, passwordHash: await hashPassword(password) };
  await join(db, token, { id, workspaceId }, person, request);
  return { workspaceId };
}

/** The same for who has signed in at an issuer, which has verified the address. @throws as `joinByInvitation` */
export async function joinByIdentity(
  db: Database,
  token: string,
  person: Person & { identities: { create: { issuer: string; subject: string } } },
  request: { ip: string | null },
): Promise<void> {
  await join(db, token, await findOpen(db.prisma, token), person, request);
}

type Person = Omit<Prisma.UserCreateInput, "id"> & { name: string; email: string };

async function join(
  db: Database,
  token: string,
  { id, workspaceId }: { id: string; workspaceId: string },
  person: Person,
  request: { ip: string | null },
): Promise<void> {
  const { name, email } = person;
  const userId = newId();
  const actor: Actor = { userId, name, kind: "human", via: `invitation:${id}`, ip: request.ip };
  const scope = { db, workspaceId, actor };
  const taken = mutate(scope, entryOf(id), async (tx, after) => {
    await lockMembers(tx, workspaceId);
    const invitation = await findOpen(tx, token);
    if (invitation.email !== null && invitation.email !== email) throw new AppError("JOIN_REFUSED");
    await tx.user.create({ data: { id: userId, ...person } }).catch(addressTaken);
    await admit(tx, invitation, userId);
    after({ k: "workspace", w: workspaceId });
  });
  // Somebody may be trying addresses.
  await rememberRefusal(scope, entryOf(id), taken, "JOIN_REFUSED");
}

/**
 * Lets the person who is signed in into a further workspace.
 * @throws INVITATION_INVALID, JOIN_REFUSED when it is for another address, ALREADY_MEMBER, FORBIDDEN with a token
 */
export async function acceptInvitation(scope: UserScope, token: string): Promise<{ workspaceId: string }> {
  sessionOf(scope);
  const { db, principal } = scope;
  const { userId } = principal;
  const { id, workspaceId } = await findOpen(db.prisma, token);
  await mutate({ db, workspaceId, principal }, entryOf(id), async (tx, after) => {
    await lockMembers(tx, workspaceId);
    const invitation = await findOpen(tx, token);
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    if (await tx.membership.findUnique({ where: { workspaceId_userId: { workspaceId, userId } } })) {
      throw new AppError("ALREADY_MEMBER");
    }
    if (invitation.email !== null && invitation.email !== user.email) throw new AppError("JOIN_REFUSED");
    await admit(tx, invitation, userId);
    after({ k: "workspace", w: workspaceId });
  });
  return { workspaceId };
}

const entryOf = (id: string) => ({ action: "invitation.take", resource: { type: "invitation", id } });

/** Uses the invitation up, once. @throws INVITATION_INVALID when it was taken or revoked meanwhile */
async function admit(tx: Tx, invitation: Awaited<ReturnType<typeof findOpen>>, userId: string): Promise<void> {
  const { id, workspaceId, role, projects } = invitation;
  const used = await tx.invitation.updateMany({
    where: { id, usedAt: null, revokedAt: null },
    data: { usedAt: new Date(), usedById: userId },
  });
  if (used.count === 0) throw new AppError("INVITATION_INVALID");
  await tx.membership.create({ data: { workspaceId, userId, role } });
  const places = projects.map(({ projectId, role }) => ({ projectId, userId, role }));
  await tx.projectMember.createMany({ data: places, skipDuplicates: true });
}

function addressTaken(error: unknown): never {
  const taken = error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
  throw taken ? new AppError("JOIN_REFUSED", { cause: error }) : error;
}
