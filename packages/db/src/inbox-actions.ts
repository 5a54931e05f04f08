import { databaseTime } from "./clock.ts";
import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { InboxItem } from "./generated/client.ts";
import { ownItems } from "./inbox.ts";
import { hintInboxes } from "./inbox-hint.ts";
import { mutate } from "./mutate.ts";
import type { WorkspaceScope } from "./scope.ts";

const longestSnoozeMs = 366 * 86_400_000;

/** Takes care of something: all who were told see it. @throws NOT_FOUND, INBOX_SETTLED, INBOX_CLAIMED */
export async function claimInboxItem(scope: WorkspaceScope, itemId: string): Promise<void> {
  await changeInboxItem(scope, "inbox.claim", itemId, async (tx, item) => {
    assertOpen(item);
    const userId = scope.principal.userId;
    if (item.claimedById !== null && item.claimedById !== userId) throw new AppError("INBOX_CLAIMED");
    await tx.inboxItem.updateMany({ where: sameCause(item), data: { claimedById: userId } });
  });
}

/** Leaves it to the others again. Changes nothing where somebody else takes care of it. @throws NOT_FOUND */
export async function releaseInboxItem(scope: WorkspaceScope, itemId: string): Promise<void> {
  await changeInboxItem(scope, "inbox.release", itemId, async (tx, item) => {
    const where = { ...sameCause(item), claimedById: scope.principal.userId };
    await tx.inboxItem.updateMany({ where, data: { claimedById: null } });
  });
}

/** Out of sight until then. @throws NOT_FOUND, INBOX_SETTLED, BAD_INPUT for the past or more than a year */
export async function snoozeInboxItem(scope: WorkspaceScope, input: { itemId: string; until: Date }): Promise<void> {
  await changeInboxItem(scope, "inbox.snooze", input.itemId, async (tx, item) => {
    assertOpen(item);
    const ms = input.until.getTime() - (await databaseTime(tx)).getTime();
    if (ms <= 0 || ms > longestSnoozeMs) {
      throw new AppError("BAD_INPUT", { message: "Choose a time within the next year." });
    }
    await tx.inboxItem.update({ where: { id: item.id }, data: { snoozedUntil: input.until } });
  });
}

/** The caller is done with it; others who were told are not. @throws NOT_FOUND */
export async function finishInboxItem(scope: WorkspaceScope, itemId: string): Promise<void> {
  await changeInboxItem(scope, "inbox.done", itemId, async (tx, item) => {
    if (item.doneAt === null) await tx.inboxItem.update({ where: { id: item.id }, data: { doneAt: new Date() } });
  });
}

/**
 * Takes back done, snoozed or handed on; what was handed on leaves the other's inbox, unless it was there before.
 * @throws NOT_FOUND, INBOX_SETTLED
 */
export async function reopenInboxItem(scope: WorkspaceScope, itemId: string): Promise<void> {
  await changeInboxItem(scope, "inbox.reopen", itemId, async (tx, item) => {
    if (item.resolvedAt !== null) throw new AppError("INBOX_SETTLED");
    if (item.handedToId !== null) {
      const handed = { ...sameCause(item), userId: item.handedToId, handedById: item.userId, doneAt: null };
      await tx.inboxItem.deleteMany({ where: { ...handed, createdAt: { gte: item.doneAt ?? undefined } } });
      await tx.inboxItem.updateMany({ where: handed, data: { handedById: null } });
      const claimed = { ...sameCause(item), claimedById: item.handedToId };
      await tx.inboxItem.updateMany({ where: claimed, data: { claimedById: item.userId } });
    }
    const data = { doneAt: null, snoozedUntil: null, handedToId: null };
    await tx.inboxItem.update({ where: { id: item.id }, data });
  });
}

/**
 * One audited change of an own item, with all rows of its cause locked; the open pages of all who were told hear of it.
 * @throws NOT_FOUND
 */
export async function changeInboxItem(
  scope: WorkspaceScope,
  action: string,
  itemId: string,
  write: (tx: Tx, item: InboxItem) => Promise<void>,
): Promise<void> {
  await mutate(scope, { action, resource: { type: "inboxItem", id: itemId } }, async (tx, after) => {
    const found = await tx.inboxItem.findFirst({ where: { AND: [ownItems(scope), { id: itemId }] } });
    if (!found) throw new AppError("NOT_FOUND");
    await tx.$queryRaw`
      SELECT 1 FROM "InboxItem" WHERE "workspaceId" = ${found.workspaceId} AND "key" = ${found.key}
      ORDER BY "id" FOR UPDATE`;
    const before = await tx.inboxItem.findMany({ where: sameCause(found) });
    const item = before.find(({ id }) => id === itemId);
    if (!item) throw new AppError("NOT_FOUND");
    await write(tx, item);
    const now = await tx.inboxItem.findMany({ where: sameCause(item), select: { userId: true } });
    hintInboxes(
      after,
      scope.workspaceId,
      [...before, ...now].map(({ userId }) => userId),
    );
  });
}

export const sameCause = ({ workspaceId, key }: InboxItem) => ({ workspaceId, key });

/** @throws INBOX_SETTLED when nobody needs to do anything any more */
export function assertOpen(item: InboxItem): void {
  if (item.resolvedAt !== null || item.doneAt !== null) throw new AppError("INBOX_SETTLED");
}
