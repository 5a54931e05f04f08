import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { InboxItem } from "./generated/client.ts";
import type { HandOnInboxInput } from "./inbox.schema.ts";
import { assertOpen, changeInboxItem, sameCause } from "./inbox-actions.ts";
import { queueEmails } from "./inbox-email.ts";
import type { WorkspaceScope } from "./scope.ts";
import { visibleThreads } from "./visible-threads.ts";

/**
 * Leaves an item to another member, whose it is from then on; the caller is done with it.
 * @throws NOT_FOUND, INBOX_SETTLED, BAD_INPUT for oneself and for who may not see what it is about
 */
export async function handOnInboxItem(scope: WorkspaceScope, { itemId, userId }: HandOnInboxInput): Promise<void> {
  await changeInboxItem(scope, "inbox.hand_on", itemId, async (tx, item) => {
    assertOpen(item);
    await assertMayTake(tx, item, userId);
    const at = new Date();
    const { id: _, ...copied } = item;
    const [added] = await tx.inboxItem.createManyAndReturn({
      data: [{ ...copied, userId, createdAt: at, snoozedUntil: null, handedById: item.userId }],
      skipDuplicates: true,
    });
    if (added) await queueEmails(tx, [added]);
    else {
      const data = { doneAt: null, resolvedAt: null, snoozedUntil: null, handedToId: null, handedById: item.userId };
      await tx.inboxItem.updateMany({ where: { ...sameCause(item), userId }, data });
    }
    await tx.inboxItem.update({ where: { id: item.id }, data: { doneAt: at, handedToId: userId, snoozedUntil: null } });
    const claimed = { ...sameCause(item), claimedById: item.userId };
    await tx.inboxItem.updateMany({ where: claimed, data: { claimedById: userId } });
  });
}

async function assertMayTake(tx: Tx, item: InboxItem, userId: string): Promise<void> {
  const { workspaceId, threadId } = item;
  const member = await tx.membership.findUnique({
    where: { workspaceId_userId: { workspaceId, userId }, user: { kind: "human" } },
  });
  if (!member || userId === item.userId) throw new AppError("BAD_INPUT", { message: "Choose another member." });
  const { role } = member;
  const sees =
    threadId === null
      ? role === "owner" || role === "admin"
      : (await tx.thread.count({ where: { id: threadId, AND: visibleThreads({ role, userId }) } })) > 0;
  if (!sees) throw new AppError("BAD_INPUT", { message: "That member may not see what this is about." });
}
