import { createHash } from "node:crypto";
import { canonicalJson } from "./audit.ts";
import type { Database, Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import { Prisma } from "./generated/client.ts";
import type { Principal } from "./scope.ts";
import { cleanJson } from "./text.ts";

/** Of a call without an effect yet. If it lives after all, its writes are refused; one in mid-transaction is waited for. */
const freeAfterMs = 10_000;
const lostAfterMs = 2 * 60_000;
const forgottenAfterMs = 24 * 60 * 60_000;

type Request = { procedure: string; input: unknown };

/**
 * Runs `call` once for a principal's key: a repeat gets the first answer, and a repeat while the first still runs is
 * refused. A call that fails frees the key. Answers are kept for a day, as they are: the caller seals one that holds a
 * secret.
 *
 * The row's `response` is null until the call has written anything (the key of a dead call is then free again), `{}` from
 * its first commit on (such a call is never repeated), and `{ value }` once its answer is known.
 * @param call acts as the principal given to it, so that its writes confirm the claim
 * @throws IDEMPOTENCY_MISMATCH for another request under the same key, IDEMPOTENCY_RUNNING, IDEMPOTENCY_LOST when the
 *   first call took effect and died before its answer was kept
 */
export async function once<T>(
  db: Database,
  principal: Principal,
  key: string,
  request: Request,
  call: (principal: Principal) => Promise<T>,
): Promise<T> {
  const claim = { key, at: new Date() };
  const first = await claimKey(db, principal, claim, request);
  if (first !== null) return first.value as T;
  const own = { principalId: principal.userId, key, createdAt: claim.at };
  const value = await call({ ...principal, claim }).catch(async (error: unknown) => {
    // Anything but an error of ours may hide a commit whose confirmation was lost.
    const untouched = error instanceof AppError ? {} : { response: { equals: Prisma.DbNull } };
    await db.prisma.idempotencyKey.deleteMany({ where: { ...own, ...untouched } }).catch(() => undefined);
    throw error;
  });
  await keepAnswer(db, own, value).catch(() => undefined);
  return value;
}

/** @returns the first call's answer, or null when this call is the first */
async function claimKey(
  db: Database,
  principal: Principal,
  claim: { key: string; at: Date },
  { procedure, input }: Request,
): Promise<{ value: unknown } | null> {
  const { key, at } = claim;
  const principalId = principal.userId;
  const requestHash = createHash("sha256")
    .update(canonicalJson(input ?? null))
    .digest("hex");
  const before = (ageMs: number) => ({ lt: new Date(at.getTime() - ageMs) });
  const abandoned = { key, response: { equals: Prisma.DbNull }, createdAt: before(freeAfterMs) };
  await db.prisma.idempotencyKey.deleteMany({
    where: { principalId, OR: [abandoned, { createdAt: before(forgottenAfterMs) }] },
  });
  const claimed = await db.prisma.idempotencyKey.createMany({
    data: [{ principalId, key, procedure, requestHash, createdAt: at }],
    skipDuplicates: true,
  });
  if (claimed.count > 0) return null;
  const first = await db.prisma.idempotencyKey.findUnique({ where: { principalId_key: { principalId, key } } });
  if (!first) throw new AppError("IDEMPOTENCY_RUNNING");
  if (first.procedure !== procedure || first.requestHash !== requestHash) throw new AppError("IDEMPOTENCY_MISMATCH");
  const response = first.response as { value?: unknown } | null;
  if (response !== null && "value" in response) return { value: response.value };
  const running = first.createdAt.getTime() > at.getTime() - lostAfterMs;
  throw new AppError(running ? "IDEMPOTENCY_RUNNING" : "IDEMPOTENCY_LOST");
}

async function keepAnswer(db: Database, own: Prisma.IdempotencyKeyWhereInput, value: unknown): Promise<void> {
  const response = { value: cleanJson(JSON.parse(JSON.stringify(value ?? null))) as Prisma.InputJsonValue };
  await db.prisma.idempotencyKey.updateMany({ where: own, data: { response } });
}

/**
 * Within the transaction of each write that a principal causes: says that the key's call has taken effect.
 * @throws IDEMPOTENCY_RUNNING when the call was taken for dead and another one holds the key now
 */
export async function confirmClaim(tx: Tx, { userId, claim }: Principal): Promise<void> {
  if (!claim) return;
  const where = { principalId: userId, key: claim.key, createdAt: claim.at };
  const confirmed = await tx.idempotencyKey.updateMany({ where, data: { response: {} } });
  if (confirmed.count === 0) throw new AppError("IDEMPOTENCY_RUNNING");
}
