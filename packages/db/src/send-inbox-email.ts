import { databaseTime } from "./clock.ts";
import type { Database } from "./database.ts";
import type { Prisma } from "./generated/client.ts";
import type { InboxKind } from "./inbox.schema.ts";
import { asSettings } from "./notifications.ts";
import { quietUntil } from "./quiet-hours.ts";
import { visibleThreads } from "./visible-threads.ts";

/** Longer than an SMTP server is waited for: until then no other worker sends the same. */
const leaseSeconds = 180;
const firstRetryMs = 30_000;
const longestRetryMs = 2 * 3_600_000;
/** The last one comes about nine hours after the first. */
const mostAttempts = 12;
/** What was due so long ago, because no server was set up or reached, is news no more. */
const staleMs = 24 * 3_600_000;

/** What an e-mail says: names, and the title of the thread. */
export type InboxEmailContent = {
  itemId: string;
  to: { name: string; address: string };
  kind: InboxKind;
  workspace: string;
  /** Who caused it. */
  actor: string | null;
  /** `null` for what is about no thread. */
  thread: { id: string; title: string; project: string; place: string | null } | null;
  /** Of host trouble: the host. */
  host: string | null;
};

/** Why one is never sent. */
type Dropped = "settled" | "claimed" | "notWanted" | "notVisible" | "stale" | "gaveUp" | "refused";

type Decision = { send: InboxEmailContent } | { wait: Date } | { drop: Dropped };

/**
 * Takes on e-mails that are due, for nobody else until the lease is over. Those that are needed no more are dropped,
 * those of quiet hours and of snoozed items wait.
 * @returns what to send now; each is then to be given to `endEmail` or `retryEmail`
 */
export async function claimEmails(db: Database, most: number): Promise<InboxEmailContent[]> {
  const claimed = await db.prisma.$queryRaw<{ itemId: string; attempts: number; dueAt: Date }[]>`
    UPDATE "InboxEmail" SET
      "leaseUntil" = now() + make_interval(secs => ${leaseSeconds}),
      "attempts" = "attempts" + 1
    WHERE "itemId" IN (
      SELECT "itemId" FROM "InboxEmail"
      WHERE "endedAt" IS NULL AND "dueAt" <= now() AND ("leaseUntil" IS NULL OR "leaseUntil" < now())
      ORDER BY "dueAt" LIMIT ${most} FOR UPDATE SKIP LOCKED
    )
    RETURNING "itemId", "attempts", "dueAt"`;
  const at = await databaseTime(db.prisma);
  const ready: InboxEmailContent[] = [];
  for (const { itemId, attempts, dueAt } of claimed) {
    const late = at.getTime() - dueAt.getTime() > staleMs;
    const given = late ? ("stale" as const) : attempts > mostAttempts ? ("gaveUp" as const) : null;
    const decision = given ? { drop: given } : await decide(db, itemId, at);
    if ("send" in decision) ready.push(decision.send);
    else if ("drop" in decision) await endEmail(db, itemId, decision.drop);
    else await db.prisma.inboxEmail.updateMany({ where: { itemId }, data: { ...again, dueAt: decision.wait } });
  }
  return ready;
}

/** It was sent, or never will be. */
export async function endEmail(db: Database, itemId: string, outcome: "sent" | Dropped): Promise<void> {
  await db.prisma.$executeRaw`
    UPDATE "InboxEmail" SET "endedAt" = now(), "leaseUntil" = NULL, "outcome" = ${outcome}
    WHERE "itemId" = ${itemId} AND "endedAt" IS NULL`;
}

/** The server did not take it this time: later again, each time twice as much later. */
export async function retryEmail(db: Database, itemId: string): Promise<void> {
  const row = await db.prisma.inboxEmail.findUnique({ where: { itemId } });
  if (!row) return;
  const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (row.attempts - 1));
  const dueAt = new Date((await databaseTime(db.prisma)).getTime() + waitMs);
  await db.prisma.inboxEmail.updateMany({ where: { itemId, endedAt: null }, data: { dueAt, leaseUntil: null } });
}

/** Was not tried. */
const again = { leaseUntil: null, attempts: { decrement: 1 } } satisfies Prisma.InboxEmailUpdateManyMutationInput;

async function decide({ prisma }: Database, itemId: string, at: Date): Promise<Decision> {
  const item = await prisma.inboxItem.findUnique({
    where: { id: itemId },
    include: {
      workspace: { select: { name: true } },
      thread: { select: { id: true, title: true, project: { select: { name: true } } } },
    },
  });
  if (!item || item.doneAt !== null || item.resolvedAt !== null) return { drop: "settled" };
  const { workspaceId, userId, kind } = item;
  if (item.claimedById !== null && item.claimedById !== userId) return { drop: "claimed" };
  if (item.snoozedUntil !== null && item.snoozedUntil > at) return { wait: item.snoozedUntil };
  const member = await prisma.membership.findUnique({
    where: { workspaceId_userId: { workspaceId, userId } },
    include: { user: { select: { name: true, email: true } } },
  });
  if (!member?.user.email) return { drop: "notVisible" };
  const { role, user } = member;
  const visible = { id: item.threadId ?? "", AND: visibleThreads({ role, userId }) };
  if (item.thread && (await prisma.thread.count({ where: visible })) === 0) return { drop: "notVisible" };
  const row = await prisma.notificationSettings.findUnique({ where: { workspaceId_userId: { workspaceId, userId } } });
  const settings = asSettings(row);
  if (!settings.emailKinds.includes(kind)) return { drop: "notWanted" };
  const quiet = quietUntil(at, settings);
  if (quiet) return { wait: quiet };
  const actor = item.actorId === null ? null : await prisma.user.findUnique({ where: { id: item.actorId } });
  return {
    send: {
      itemId,
      to: { name: user.name, address: member.user.email },
      kind,
      workspace: item.workspace.name,
      actor: actor?.name ?? null,
      thread: item.thread && {
        id: item.thread.id,
        title: item.thread.title,
        project: item.thread.project.name,
        place: item.place,
      },
      host: kind === "hostTrouble" ? item.note : null,
    },
  };
}
