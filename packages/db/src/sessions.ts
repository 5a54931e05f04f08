import { hash, verify } from "@node-rs/argon2";
import { actorOfPrincipal, appendAudit } from "./audit.ts";
import type { Database, Tx } from "./database.ts";
import type { User } from "./generated/client.ts";
import { newId } from "./ids.ts";
import { transact } from "./mutate.ts";
import type { Principal } from "./scope.ts";

const sessionDays = 30;
const argonOptions = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** OWASP's argon2id parameters (19 MiB, t=2, p=1). */
export function hashPassword(password: string): Promise<string> {
  return hash(password, argonOptions);
}

let unknownUserHash: Promise<string> | undefined;

type From = { ip: string | null; userAgent: string | null };
export type SignIn = { sessionId: string; userId: string; name: string; email: string };

/** Audit chains are locked one after the other: in another order elsewhere, two sign-ins would wait for each other. */
const inOneOrder = { orderBy: { workspaceId: "asc" } } as const;

/**
 * Checks a password and opens a session row. An unknown address costs the same time as a wrong password.
 * Both outcomes reach the audit log of every workspace of the member.
 */
export async function signIn(
  db: Database,
  input: { email: string; password: string },
  request: From,
): Promise<SignIn | null> {
  const email = input.email.trim().toLowerCase();
  const user = await db.prisma.user.findUnique({ where: { email }, include: { memberships: inOneOrder } });
  unknownUserHash ??= hashPassword(newId());
  const correct = await verify(user?.passwordHash ?? (await unknownUserHash), input.password);
  if (!user?.passwordHash) return null;
  return transact(db, async (tx) => {
    const session = correct ? await createSession(tx, user.id, request) : null;
    await auditSignIn(tx, user, { via: "password", ip: request.ip, outcome: correct ? "ok" : "denied" });
    return session && { sessionId: session.id, userId: user.id, name: user.name, email };
  });
}

/** Opens a session for who has shown elsewhere who they are. @param via where, for the audit logs */
export async function openSession(db: Database, userId: string, via: "oidc", request: From): Promise<SignIn> {
  const include = { memberships: inOneOrder };
  const user = await db.prisma.user.findUniqueOrThrow({ where: { id: userId }, include });
  return transact(db, async (tx) => {
    const { id: sessionId } = await createSession(tx, userId, request);
    await auditSignIn(tx, user, { via, ip: request.ip, outcome: "ok" });
    return { sessionId, userId, name: user.name, email: user.email ?? "" };
  });
}

function createSession(tx: Tx, userId: string, { ip, userAgent }: From) {
  const expiresAt = new Date(Date.now() + sessionDays * 86_400_000);
  return tx.session.create({
    data: { id: newId(), userId, ip, userAgent: userAgent?.slice(0, 300) ?? null, expiresAt },
  });
}

type SigningIn = Pick<User, "id" | "name" | "kind"> & { memberships: { workspaceId: string }[] };

async function auditSignIn(
  tx: Tx,
  { id, name, kind, memberships }: SigningIn,
  { via, ip, outcome }: { via: string; ip: string | null; outcome: "ok" | "denied" },
): Promise<void> {
  const entry = { action: "session.open", resource: { type: "user", id }, outcome };
  for (const { workspaceId } of memberships) {
    await appendAudit(tx, workspaceId, { userId: id, name, kind, via, ip }, entry);
  }
}

const lastSeenResolutionMs = 60_000;

/** Who a session stands for; `null` once it has expired or was revoked. */
export async function authenticateSession(
  db: Database,
  sessionId: string,
  request: { ip: string | null; requestId: string },
): Promise<Principal | null> {
  const row = await db.prisma.session.findUnique({ where: { id: sessionId }, include: { user: true } });
  const now = Date.now();
  if (!row || row.revokedAt || row.expiresAt.getTime() < now) return null;
  if (now - row.lastSeenAt.getTime() > lastSeenResolutionMs) {
    await db.prisma.session.update({ where: { id: sessionId }, data: { lastSeenAt: new Date(now) } });
  }
  return {
    userId: row.userId,
    name: row.user.name,
    kind: row.user.kind,
    via: { type: "session", sessionId },
    ...request,
  };
}

/** Signs out: the row is revoked, so that a copied cookie is worth nothing. Audited like the sign-in. */
export async function revokeSession(db: Database, principal: Principal): Promise<void> {
  if (principal.via.type !== "session") return;
  const { userId, via } = principal;
  await transact(db, async (tx, after) => {
    const where = { id: via.sessionId, userId, revokedAt: null };
    const revoked = await tx.session.updateMany({ where, data: { revokedAt: new Date() } });
    if (revoked.count === 0) return;
    for (const { workspaceId } of await tx.membership.findMany({ where: { userId }, ...inOneOrder })) {
      const entry = { action: "session.close", resource: { type: "user", id: userId } };
      await appendAudit(tx, workspaceId, actorOfPrincipal(principal), entry);
      // Open streams look at their rights again.
      after({ k: "workspace", w: workspaceId });
    }
  });
}
