import { type Actor, type AuditEntry, actorOfPrincipal, appendAudit } from "./audit.ts";
import type { Database, Tx } from "./database.ts";
import { AppError, type ErrorCode } from "./errors.ts";
import type { Hint } from "./hints.schema.ts";
import { confirmClaim } from "./idempotency.ts";
import type { Principal } from "./scope.ts";

/** What `mutate` needs of a scope; every scope has it. */
type WritingScope = { db: Database; workspaceId: string; principal: Principal } | RunningScope;
type RunningScope = { db: Database; workspaceId: string; actor: Actor };

/** Hints to send once the transaction has committed. */
export type After = (hint: Hint) => void;

/**
 * Door 2, the only way to write: runs `write` in a transaction and appends its audit event as the last statement.
 * Hints given to `after` leave after the commit and not at all when it fails.
 * @param entry may depend on what was written
 */
export async function mutate<T>(
  scope: WritingScope,
  entry: AuditEntry | ((result: T) => AuditEntry),
  write: (tx: Tx, after: After) => Promise<T>,
): Promise<T> {
  const actor = "actor" in scope ? scope.actor : actorOfPrincipal(scope.principal);
  return transact(scope.db, async (tx, after) => {
    if (!("actor" in scope)) await confirmClaim(tx, scope.principal);
    const result = await write(tx, after);
    await appendAudit(tx, scope.workspaceId, actor, typeof entry === "function" ? entry(result) : entry);
    return result;
  });
}

/** A refusal worth remembering: an audit event without a write. */
export async function auditDenied(scope: WritingScope, entry: Omit<AuditEntry, "outcome">): Promise<void> {
  await mutate(scope, { ...entry, outcome: "denied" }, async () => undefined);
}

/** Lets a write's error pass, and remembers it in the audit log where it is the refusal `code`. */
export async function rememberRefusal<T>(
  scope: WritingScope,
  entry: Omit<AuditEntry, "outcome">,
  written: Promise<T>,
  code: ErrorCode = "FORBIDDEN",
): Promise<T> {
  return written.catch(async (error: unknown) => {
    if (error instanceof AppError && error.code === code) await auditDenied(scope, entry);
    throw error;
  });
}

/**
 * A transaction whose hints leave after its commit. For this package alone: writes that people cause go through
 * `mutate`, a running turn's go through `progress`.
 */
export async function transact<T>(db: Database, write: (tx: Tx, after: After) => Promise<T>): Promise<T> {
  const hints: Hint[] = [];
  const result = await db.prisma.$transaction((tx) => {
    hints.length = 0;
    return write(tx, (hint) => hints.push(hint));
  });
  for (const hint of hints) db.publisher.send(hint);
  return result;
}
