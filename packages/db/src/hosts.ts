import type { Database, Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import { firstWorkspaceId } from "./first-workspace.ts";
import { mutate } from "./mutate.ts";
import type { WorkspaceScope } from "./scope.ts";
import type { HostFence } from "./thread-change.ts";

/** Leases are measured by the database's clock alone: those of the hosts may differ. */
export const hostLeaseMs = 15_000;
export const leaseSeconds = hostLeaseMs / 1000;

/** A worker starts on a host: its epoch fences off whatever ran there before. */
export async function startHost(db: Database, hostId: string, version: string | null = null): Promise<HostFence> {
  const [host] = await db.prisma.$queryRaw<{ epoch: number }[]>`
    INSERT INTO "Host" ("id", "epoch", "leaseExpiresAt", "startedAt", "liveSince", "version")
    VALUES (${hostId}, 1, now() + make_interval(secs => ${leaseSeconds}), now(), now(), ${version})
    ON CONFLICT ("id") DO UPDATE SET
      "epoch" = "Host"."epoch" + 1,
      "leaseExpiresAt" = EXCLUDED."leaseExpiresAt",
      "startedAt" = now(),
      "liveSince" = CASE WHEN "Host"."leaseExpiresAt" < now() THEN now() ELSE COALESCE("Host"."liveSince", now()) END,
      "version" = EXCLUDED."version"
    RETURNING "epoch"`;
  return { hostId, epoch: host?.epoch ?? 0 };
}

/** Extends the lease. @returns false when another worker or host has taken over: stop at once */
export async function renewHost(db: Database, fence: HostFence): Promise<boolean> {
  const renewed = await db.prisma.$executeRaw`
    UPDATE "Host" SET
      "leaseExpiresAt" = now() + make_interval(secs => ${leaseSeconds}),
      "liveSince" = CASE WHEN "leaseExpiresAt" < now() THEN now() ELSE COALESCE("liveSince", now()) END
    WHERE "id" = ${fence.hostId} AND "epoch" = ${fence.epoch}`;
  return renewed === 1;
}

/** Begins or ends the emptying of a host: it gets no new threads, and those that it has go to others as they work on. */
export async function setDraining(scope: WorkspaceScope, hostId: string, draining: boolean): Promise<void> {
  await assertOperator(scope);
  const entry = { action: draining ? "host.drain" : "host.undrain", resource: { type: "host", id: hostId } };
  await mutate(scope, entry, async (tx) => {
    const where = { id: hostId, drainingAt: draining ? null : { not: null } };
    const changed = await tx.host.updateMany({ where, data: { drainingAt: draining ? new Date() : null } });
    if (changed.count === 0 && (await tx.host.count({ where: { id: hostId } })) === 0) throw new AppError("NOT_FOUND");
  });
}

/** Hosts serve all workspaces: they are looked after from the first one, which came with the installation. */
async function assertOperator(scope: WorkspaceScope): Promise<void> {
  if ((await firstWorkspaceId(scope.db.prisma)) === scope.workspaceId) return;
  throw new AppError("FORBIDDEN", { message: "Hosts serve all workspaces; the owner of the first one drains them." });
}

/**
 * A live host for new work, the one with the fewest threads; one that drains only where there is no other.
 * @throws UNAVAILABLE when no worker runs
 */
export async function liveHost(db: Pick<Tx, "$queryRaw">): Promise<string> {
  const [host] = await db.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Host" WHERE "leaseExpiresAt" > now()
    ORDER BY "drainingAt" IS NOT NULL, (SELECT COUNT(*) FROM "Thread" WHERE "hostId" = "Host"."id"), "id" LIMIT 1`;
  if (!host)
    throw new AppError("UNAVAILABLE", { message: "No worker is running. The thread starts as soon as one is." });
  return host.id;
}
