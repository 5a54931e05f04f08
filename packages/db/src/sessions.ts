import { hash, verify } from "@node-rs/argon2";
import { actorOfPrincipal, appendAudit } from "./audit.ts";
import type { Database } from "./database.ts";
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
  request: { ip: string | null; userAgent: string | null },
): Promise<SignIn | null> {
  const email = input.email.trim().toLowerCase();
  const user = await db.prisma.user.findUnique({ where: { email }, include: { memberships: inOneOrder } });
  unknownUserHash ??= hashPassword(newId());
  const correct = await verify(user?.passwordHash ?? (await unknownUserHash), input.password);
  if (!user?.passwordHash) return null;
  const actor = { userId: user.id, name: user.name, kind: user.kind, via: "password", ip: request.ip };
  return transact(db, async (tx) => {
    const session = correct
      ? await tx.session.create({
          data: {
            id: newId(),
            userId: user.id,
            ip: request.ip,
            userAgent: request.userAgent?.slice(0, 300) ?? null,
            expiresAt: new Date(Date.now() + sessionDays * 86_400_000),
          },
        })
      : null;
    for (const { workspaceId } of user.memberships) {
      const resource = { type: "user", id: user.id };
      await appendAudit(tx, workspaceId, actor, {
        action: "session.open",
        resource,
        outcome: correct ? "ok" : "denied",
      });
    }
    return session && { sessionId: session.id, userId: user.id, name: user.name, email };
  });
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
