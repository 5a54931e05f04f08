import type { Database } from "./database.ts";

/** Whether PostgreSQL answers, a worker holds a live lease, and any model can be asked. Throws nothing. */
export async function databaseHealth(db: Database): Promise<{ postgres: boolean; worker: boolean; model: boolean }> {
  try {
    const [workers, models] = await Promise.all([
      db.prisma.host.count({ where: { leaseExpiresAt: { gt: new Date() } } }),
      db.prisma.model.count(),
    ]);
    return { postgres: true, worker: workers > 0, model: models > 0 };
  } catch {
    return { postgres: false, worker: false, model: false };
  }
}
