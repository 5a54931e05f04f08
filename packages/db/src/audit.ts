import { createHash } from "node:crypto";
import type { ListAuditInput } from "./audit.schema.ts";
import type { Database, Tx } from "./database.ts";
import type { Principal, WorkspaceScope } from "./scope.ts";
import { cleanJson } from "./text.ts";

/** Who is behind a write, as the audit log remembers it. */
export type Actor = {
  userId: string;
  name: string;
  kind: "human" | "bot" | "system";
  /** `session:<id>`, `token:<id>`, `worker` or `bootstrap`. */
  via: string;
  ip: string | null;
};

export function actorOfPrincipal(principal: Principal): Actor {
  const via =
    principal.via.type === "session" ? `session:${principal.via.sessionId}` : `token:${principal.via.tokenId}`;
  return { userId: principal.userId, name: principal.name, kind: principal.kind, via, ip: principal.ip };
}

export type AuditEntry = {
  /** `noun.verb`, for example `thread.create`. */
  action: string;
  resource: { type: string; id: string };
  outcome?: "ok" | "denied" | "failed";
  /** Facts worth proving later; never secrets, prompts or diffs. */
  detail?: Record<string, string | number | boolean | null>;
};

const genesis = "0".repeat(64);

/** Every workspace starts its chain with this row; `appendAudit` fails without it. */
export async function openAuditChain(tx: Tx, workspaceId: string): Promise<void> {
  await tx.auditHead.create({ data: { workspaceId, seq: 0, hash: genesis } });
}

/**
 * Appends one event to the workspace's hash chain, inside the transaction of the write that it describes.
 * Takes the head row FOR UPDATE, so call it last.
 */
export async function appendAudit(tx: Tx, workspaceId: string, actor: Actor, entry: AuditEntry): Promise<void> {
  const [head] = await tx.$queryRaw<{ seq: number; hash: string }[]>`
    SELECT "seq", "hash" FROM "AuditHead" WHERE "workspaceId" = ${workspaceId} FOR UPDATE`;
  if (!head) throw new Error(`workspace ${workspaceId} has no audit chain`);
  const event = cleanJson({
    workspaceId,
    seq: head.seq + 1,
    at: new Date(),
    actorId: actor.userId,
    actorKind: actor.kind,
    actorName: actor.name,
    via: actor.via,
    ip: actor.ip,
    action: entry.action,
    resourceType: entry.resource.type,
    resourceId: entry.resource.id,
    outcome: entry.outcome ?? "ok",
    detail: entry.detail ?? {},
    prevHash: head.hash,
  });
  const hash = hashEvent(event);
  await tx.auditEvent.create({ data: { ...event, hash } });
  await tx.auditHead.update({ where: { workspaceId }, data: { seq: event.seq, hash } });
}

type HashedFields = {
  workspaceId: string;
  seq: number;
  at: Date;
  actorId: string;
  actorKind: string;
  actorName: string;
  via: string;
  ip: string | null;
  action: string;
  resourceType: string;
  resourceId: string;
  outcome: string;
  detail: unknown;
  prevHash: string;
};

/** SHA-256 over the previous hash and the canonical JSON of the event. */
function hashEvent(event: HashedFields): string {
  const { prevHash, ...rest } = event;
  return createHash("sha256").update(prevHash).update(canonicalJson(rest)).digest("hex");
}

/** JSON with sorted keys and ISO dates: equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(",")}}`;
}

/** Events after `after`, oldest first; at most `limit`. */
export async function listAudit(scope: WorkspaceScope, input: ListAuditInput) {
  const events = await scope.db.prisma.auditEvent.findMany({
    where: { workspaceId: scope.workspaceId, seq: { gt: input.after } },
    orderBy: { seq: "asc" },
    take: input.limit,
  });
  return { events: events.map(({ workspaceId: _, ...event }) => ({ ...event, detail: event.detail as AuditDetail })) };
}

/** The newest events first, before `before` when given. */
export async function recentAudit(scope: WorkspaceScope, input: { before: number | null; limit: number }) {
  const events = await scope.db.prisma.auditEvent.findMany({
    where: { workspaceId: scope.workspaceId, ...(input.before === null ? {} : { seq: { lt: input.before } }) },
    orderBy: { seq: "desc" },
    take: input.limit,
  });
  return { events: events.map(({ workspaceId: _, ...event }) => ({ ...event, detail: event.detail as AuditDetail })) };
}

type AuditDetail = Record<string, string | number | boolean | null>;

const verifyBatch = 2_000;

/**
 * Recomputes the whole chain.
 * @returns `ok` and, when broken, `from`–`to` ends at the first event that does not fit; `head` is the last good hash
 */
export async function verifyAudit(scope: WorkspaceScope) {
  return verifyChain(scope.db, scope.workspaceId);
}

/** The same for whoever runs the server, who has its rows anyway. */
export async function verifyChain({ prisma }: Pick<Database, "prisma">, workspaceId: string) {
  const stored = await prisma.auditHead.findUniqueOrThrow({ where: { workspaceId } });
  let seq = 0;
  let head = genesis;
  while (seq < stored.seq) {
    const events = await prisma.auditEvent.findMany({
      where: { workspaceId, seq: { gt: seq, lte: stored.seq } },
      orderBy: { seq: "asc" },
      take: verifyBatch,
    });
    if (events.length === 0) return { ok: false, from: 1, to: seq + 1, head };
    for (const { hash, ...event } of events) {
      const fits = event.seq === seq + 1 && event.prevHash === head && hashEvent(event) === hash;
      if (!fits) return { ok: false, from: 1, to: seq + 1, head };
      seq = event.seq;
      head = hash;
    }
  }
  return { ok: head === stored.hash, from: seq === 0 ? 0 : 1, to: seq, head };
}
