import type { Database, Tx } from "./database.ts";
import { hintInboxes } from "./inbox-hint.ts";
import { addInboxItem } from "./inbox-items.ts";
import { transact } from "./mutate.ts";

/** A worker that is started anew within this time is no trouble. */
const troubleAfterSeconds = 60;

type Trouble = { hostId: string; workspaceId: string; key: string };

/**
 * Tells owners and admins of hosts that have died and have threads of theirs, and settles what is over. To be repeated;
 * each death is told once, by however many processes.
 */
export async function reconcileHostTrouble(db: Database): Promise<void> {
  const troubles = await findTrouble(db.prisma);
  for (const trouble of troubles) await tell(db, trouble);
  const open = await db.prisma.inboxItem.findMany({ where: { kind: "hostTrouble", doneAt: null, resolvedAt: null } });
  const isOver = ({ workspaceId, key }: { workspaceId: string; key: string }) =>
    !troubles.some((trouble) => trouble.workspaceId === workspaceId && trouble.key === key);
  for (const { id, workspaceId, userId } of open.filter(isOver)) {
    await transact(db, async (tx, after) => {
      await tx.inboxItem.updateMany({ where: { id }, data: { resolvedAt: new Date() } });
      hintInboxes(after, workspaceId, [userId]);
    });
  }
}

async function findTrouble(tx: Pick<Tx, "$queryRaw">): Promise<Trouble[]> {
  return tx.$queryRaw<Trouble[]>`
    SELECT DISTINCT host."id" AS "hostId", thread."workspaceId",
      'host:' || host."id" || '/' || COALESCE(EXTRACT(EPOCH FROM host."liveSince")::text, '') AS "key"
    FROM "Host" AS host JOIN "Thread" AS thread ON thread."hostId" = host."id" AND thread."status" <> 'archived'
    WHERE host."leaseExpiresAt" < now() - make_interval(secs => ${troubleAfterSeconds})`;
}

async function tell(db: Database, { hostId, workspaceId, key }: Trouble): Promise<void> {
  if ((await db.prisma.inboxItem.count({ where: { workspaceId, key } })) > 0) return;
  await transact(db, async (tx, after) => {
    const admins = await tx.membership.findMany({ where: { workspaceId, role: { in: ["owner", "admin"] } } });
    const userIds = admins.map(({ userId }) => userId);
    await addInboxItem(tx, after, { workspaceId, kind: "hostTrouble", key, userIds, note: hostId });
  });
}
