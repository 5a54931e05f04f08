import { type Actor, actorOfPrincipal } from "./audit.ts";
import type { Database } from "./database.ts";
import { AppError } from "./errors.ts";
import { Prisma } from "./generated/client.ts";
import { newId } from "./ids.ts";
import { lockMembers } from "./members-lock.ts";
import { mutate } from "./mutate.ts";
import type { WorkspaceRole } from "./permissions.ts";
import { sessionOf, type UserScope } from "./scope.ts";
import { openSession, type SignIn } from "./sessions.ts";
import { joinByIdentity } from "./take-invitation.ts";
import { writeAccount } from "./write-account.ts";

/** What an issuer has said about a person; whoever hands it in has checked the issuer's signature. */
export type Claims = {
  issuer: string;
  /** The issuer's own id of the person, which goes to nobody else. */
  subject: string;
  /** In lower case; null unless the issuer has verified it. */
  email: string | null;
  name: string;
  /** What the issuer's groups stand for: null where they stand for no role, undefined where they decide nothing. */
  role?: ClaimedRole | null;
};

/** Owners are made in Heddle alone. */
export type ClaimedRole = Exclude<WorkspaceRole, "owner">;

/** Who gets an account without an invitation, and where. */
export type Admission = {
  /** Of verified addresses, in lower case. */
  domains: readonly string[];
  /** The one that newcomers enter and claims give roles in; the oldest when absent. */
  workspaceId?: string;
  /** Of newcomers, where no claim decides. */
  role: ClaimedRole;
};

type From = { ip: string | null; userAgent: string | null };
type Person = { id: string; name: string };

/**
 * Opens a session for whom an issuer knows. Who is new gets an account by the invitation at hand, else by the domain of
 * their address. An account that is there already is not theirs by its address alone: somebody else may have made it.
 * @throws SSO_NO_ROLE, SSO_EMAIL_NOT_VERIFIED, SSO_LINK_FIRST, SSO_NOT_ADMITTED, INVITATION_INVALID, JOIN_REFUSED
 */
export async function signInByIdentity(
  db: Database,
  claims: Claims,
  admission: Admission,
  from: From & { invitation: string | null },
): Promise<SignIn> {
  const workspaceId = await workspaceOf(db, admission);
  const known = await findPerson(db, claims);
  if (known) await followClaim(db, workspaceId, known, claims, from);
  else await admit(db, workspaceId, claims, admission, from);
  const person = known ?? (await findPerson(db, claims));
  if (!person) throw new AppError("SSO_LINK_FIRST");
  return openSession(db, person.id, "oidc", from);
}

async function workspaceOf({ prisma }: Database, { workspaceId: id }: Admission): Promise<string | null> {
  const found = await prisma.workspace.findFirst({
    where: { id },
    orderBy: { createdAt: "asc" },
    select: { id: true },
  });
  return found?.id ?? null;
}

async function findPerson({ prisma }: Database, { issuer, subject }: Claims): Promise<Person | null> {
  const where = { issuer_subject: { issuer, subject } };
  const found = await prisma.identity.findUnique({ where, select: { user: { select: { id: true, name: true } } } });
  return found?.user ?? null;
}

/** The issuer decides about the role, at each sign-in; never about an owner's, and never who is a member again. */
async function followClaim(
  db: Database,
  workspaceId: string | null,
  { id: userId, name }: Person,
  { role }: Claims,
  { ip }: From,
): Promise<void> {
  if (role === undefined || workspaceId === null) return;
  const member = await db.prisma.membership.findUnique({ where: { workspaceId_userId: { workspaceId, userId } } });
  if (member?.role === "owner") return;
  if (role === null) throw new AppError("SSO_NO_ROLE");
  if (!member || member.role === role) return;
  const scope = { db, workspaceId, actor: actorOf({ id: userId, name }, ip) };
  const detail = { from: member.role, to: role };
  await mutate(
    scope,
    { action: "member.set_role", resource: { type: "member", id: userId }, detail },
    async (tx, after) => {
      await lockMembers(tx, workspaceId);
      await tx.membership.updateMany({ where: { workspaceId, userId, role: { not: "owner" } }, data: { role } });
      // Open streams look at their rights again.
      after({ k: "workspace", w: workspaceId });
    },
  );
}

async function admit(
  db: Database,
  workspaceId: string | null,
  claims: Claims,
  admission: Admission,
  from: From & { invitation: string | null },
): Promise<void> {
  const { issuer, subject, name, email } = claims;
  if (claims.role === null) throw new AppError("SSO_NO_ROLE");
  if (email === null) throw new AppError("SSO_EMAIL_NOT_VERIFIED");
  const person = { name, email, identities: { create: { issuer, subject } } };
  if (from.invitation !== null) {
    await joinByIdentity(db, from.invitation, person, from);
    return;
  }
  // Unless they are signing in twice at once.
  const theirs = { some: { issuer, subject } };
  if (await db.prisma.user.findFirst({ where: { email, NOT: { identities: theirs } } }))
    throw new AppError("SSO_LINK_FIRST");
  const isOurs = admission.domains.includes(email.slice(email.lastIndexOf("@") + 1));
  if (!isOurs || workspaceId === null) throw new AppError("SSO_NOT_ADMITTED");
  const userId = newId();
  const role = claims.role ?? admission.role;
  const scope = { db, workspaceId, actor: actorOf({ id: userId, name }, from.ip) };
  const entry = { action: "member.register", resource: { type: "member", id: userId }, detail: { role } };
  await mutate(scope, entry, async (tx, after) => {
    await lockMembers(tx, workspaceId);
    await tx.user.create({ data: { id: userId, ...person } });
    await tx.membership.create({ data: { workspaceId, userId, role } });
    after({ k: "workspace", w: workspaceId });
  }).catch(unlessTaken);
}

const actorOf = ({ id, name }: Person, ip: string | null): Actor => ({
  userId: id,
  name,
  kind: "human",
  via: "oidc",
  ip,
});

/** Who signs in twice at once is made once. */
function unlessTaken(error: unknown): void {
  if (!isTaken(error)) throw error;
}

function isTaken(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

/**
 * From now on the issuer's person signs in to the account of who is signed in.
 * @throws SSO_IDENTITY_TAKEN when it is another account's, FORBIDDEN with a token
 */
export async function linkIdentity(scope: UserScope, { issuer, subject }: Claims): Promise<void> {
  await writeOwn(scope, "account.link_identity", async (tx, userId) => {
    const known = await tx.identity.findUnique({ where: { issuer_subject: { issuer, subject } } });
    if (known && known.userId !== userId) throw new AppError("SSO_IDENTITY_TAKEN");
    if (!known) await tx.identity.create({ data: { userId, issuer, subject } });
  });
}

/** @throws NOT_FOUND, SSO_ONLY_WAY_IN for the last one of who has no password, FORBIDDEN with a token */
export async function unlinkIdentity(scope: UserScope, { identityId: id }: { identityId: string }): Promise<void> {
  await writeOwn(scope, "account.unlink_identity", async (tx, userId) => {
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, include: { identities: true } });
    if (!user.identities.some((identity) => identity.id === id)) throw new AppError("NOT_FOUND");
    if (user.passwordHash === null && user.identities.length === 1) throw new AppError("SSO_ONLY_WAY_IN");
    await tx.identity.delete({ where: { id } });
  });
}

async function writeOwn(scope: UserScope, action: string, write: Parameters<typeof writeAccount>[2]): Promise<void> {
  sessionOf(scope);
  const { db, principal } = scope;
  await writeAccount(db, { userId: principal.userId, actor: actorOfPrincipal(principal), action }, write);
}
