import { databaseTime } from "./clock.ts";
import type { Database } from "./database.ts";
import { hostLeaseMs } from "./hosts.ts";

/** A provider that failed and has not been asked since is taken for well again after so long. */
const failureCountsMs = 5 * 60_000;

/**
 * Whether PostgreSQL answers, a worker lives (its lease is renewed every third of its length; one missed renewal is
 * forgiven), and some provider with a model has not just failed. Throws nothing.
 */
export async function databaseHealth(db: Database): Promise<{ postgres: boolean; worker: boolean; model: boolean }> {
  try {
    const now = (await databaseTime(db.prisma)).getTime();
    const [workers, [providers]] = await Promise.all([
      db.prisma.host.count({ where: { leaseExpiresAt: { gt: new Date(now + hostLeaseMs / 3) } } }),
      db.prisma.$queryRaw<[{ well: bigint }]>`
        SELECT count(*) AS "well" FROM "Provider" AS p
        WHERE EXISTS (SELECT 1 FROM "Model" AS m WHERE m."providerId" = p."id")
          AND NOT coalesce(p."failedAt" > ${new Date(now - failureCountsMs)}
                           AND (p."answeredAt" IS NULL OR p."answeredAt" < p."failedAt"), false)`,
    ]);
    return { postgres: true, worker: workers > 0, model: Number(providers.well) > 0 };
  } catch {
    return { postgres: false, worker: false, model: false };
  }
}
