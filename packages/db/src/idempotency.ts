import { createHash } from "node:crypto";
import { canonicalJson } from "./audit.ts";
import type { Database } from "./database.ts";
import { AppError } from "./errors.ts";
import { Prisma } from "./generated/client.ts";
import type { Principal } from "./scope.ts";

const abandonedAfterMs = 2 * 60_000;
const forgottenAfterMs = 24 * 60 * 60_000;

/**
 * Runs `call` once for a principal's key: a repeat gets the first answer, and a repeat while the first still runs is
 * refused. A failed call frees the key. Answers are kept for a day, as they are: the caller seals one
 * that holds a secret.
 * @throws IDEMPOTENCY_MISMATCH for another request under the same key, IDEMPOTENCY_RUNNING
 */
export async function once<T>(
  db: Database,
  principal: Principal,
  key: string,
  request: { procedure: string; input: unknown },
  call: () => Promise<T>,
): Promise<T> {
  const principalId = principal.userId;
  const where = { principalId_key: { principalId, key } };
  const requestHash = createHash("sha256")
    .update(canonicalJson(request.input ?? null))
    .digest("hex");
  const before = (ageMs: number) => ({ lt: new Date(Date.now() - ageMs) });
  const abandoned = { response: { equals: Prisma.DbNull }, createdAt: before(abandonedAfterMs) };
  await db.prisma.idempotencyKey.deleteMany({
    where: { principalId, OR: [{ key, ...abandoned }, { createdAt: before(forgottenAfterMs) }] },
  });
  const claimed = await db.prisma.idempotencyKey.createMany({
    data: [{ principalId, key, procedure: request.procedure, requestHash }],
    skipDuplicates: true,
  });
  if (claimed.count === 0) {
    const first = await db.prisma.idempotencyKey.findUnique({ where });
    if (!first) throw new AppError("IDEMPOTENCY_RUNNING");
    if (first.procedure !== request.procedure || first.requestHash !== requestHash)
      throw new AppError("IDEMPOTENCY_MISMATCH");
    if (first.response === null) throw new AppError("IDEMPOTENCY_RUNNING");
    return (first.response as { value: T }).value;
  }
  try {
    const value = await call();
    const response = { value: JSON.parse(JSON.stringify(value ?? null)) as Prisma.InputJsonValue };
    await db.prisma.idempotencyKey.update({ where, data: { response } });
    return value;
  } catch (error) {
    await db.prisma.idempotencyKey.delete({ where }).catch(() => undefined);
    throw error;
  }
}
