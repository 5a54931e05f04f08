import type { Prisma } from "./generated/client.ts";
import type { InboxItemView, InboxListView } from "./inbox.schema.ts";
import type { WorkspaceScope } from "./scope.ts";
import { visibleThreads } from "./visible-threads.ts";

const mostShown = 200;

/** The caller's items of one view, those of an open inbox newest first; items of threads out of reach are left out. */
export async function listInbox(scope: WorkspaceScope, { view }: { view: InboxListView }): Promise<InboxItemView[]> {
  const rows = await scope.db.prisma.inboxItem.findMany({
    where: { AND: [ownItems(scope), inView(view, new Date())] },
    include: itemParts,
    orderBy: view === "done" ? [{ doneAt: "desc" }, { resolvedAt: "desc" }] : [{ createdAt: "desc" }, { id: "desc" }],
    take: mostShown,
  });
  return toViews(scope, rows);
}

/** Own items that the caller may see: for the `where` of a query. */
export function ownItems(scope: WorkspaceScope): Prisma.InboxItemWhereInput {
  const { workspaceId, role, principal } = scope;
  const thread = visibleThreads({ role, userId: principal.userId });
  return { workspaceId, userId: principal.userId, OR: [{ threadId: null }, { thread }] };
}

function inView(view: InboxListView, now: Date): Prisma.InboxItemWhereInput {
  const open = { doneAt: null, resolvedAt: null };
  switch (view) {
    case "open":
      return { ...open, OR: [{ snoozedUntil: null }, { snoozedUntil: { lte: now } }] };
    case "snoozed":
      return { ...open, snoozedUntil: { gt: now } };
    case "done":
      return { OR: [{ doneAt: { not: null } }, { resolvedAt: { not: null } }] };
  }
}

const itemParts = {
  thread: { select: { id: true, title: true, project: { select: { name: true } } } },
} as const satisfies Prisma.InboxItemInclude;

type Row = Prisma.InboxItemGetPayload<{ include: typeof itemParts }>;

async function toViews({ db, workspaceId }: WorkspaceScope, rows: Row[]): Promise<InboxItemView[]> {
  const ids = rows.flatMap(({ actorId, claimedById, handedById, handedToId }) => [
    actorId,
    claimedById,
    handedById,
    handedToId,
  ]);
  const [users, told] = await Promise.all([
    db.prisma.user.findMany({
      where: { id: { in: ids.filter((id) => id !== null) } },
      select: { id: true, name: true },
    }),
    db.prisma.inboxItem.groupBy({
      by: ["key"],
      where: { workspaceId, key: { in: rows.map(({ key }) => key) } },
      _count: true,
    }),
  ]);
  const names = new Map(users.map(({ id, name }) => [id, name]));
  const counts = new Map(told.map(({ key, _count }) => [key, _count]));
  const person = (id: string | null) => (id === null ? null : { id, name: names.get(id) ?? "Former member" });
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    thread: row.thread && { id: row.thread.id, title: row.thread.title, project: row.thread.project.name },
    place: row.place,
    note: row.note,
    actor: person(row.actorId),
    claimedBy: person(row.claimedById),
    handedBy: person(row.handedById),
    handedTo: person(row.handedToId),
    alsoTold: (counts.get(row.key) ?? 1) - 1,
    createdAt: row.createdAt,
    snoozedUntil: row.snoozedUntil,
    endedAt: row.doneAt ?? row.resolvedAt,
    resolved: row.resolvedAt !== null,
  }));
}
