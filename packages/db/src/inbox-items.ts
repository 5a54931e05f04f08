import type { Tx } from "./database.ts";
import type { InboxKind } from "./inbox.schema.ts";
import { queueEmails } from "./inbox-email.ts";
import { hintInboxes } from "./inbox-hint.ts";
import type { After } from "./mutate.ts";
import { cleanText } from "./text.ts";

export type NewInboxItem = {
  workspaceId: string;
  kind: InboxKind;
  /** Made of the cause's id, as in `comment:<id>`: the same key for the same person is the same item, ever after. */
  key: string;
  /** Who is told; bots, former members and the actor are left out. */
  userIds: readonly string[];
  /** Who caused it, where that was a person. */
  actorId?: string;
  threadId?: string;
  turnId?: string;
  /** The part of the thread's address, behind `?`, that shows the place. */
  place?: string;
  /** A line beside the thread's title, for people who may see the thread; e-mails leave it out. */
  note?: string;
};

/**
 * Within the transaction of the fact: puts what needs a person into their inboxes, with the e-mails that they want of
 * it. Told again it changes nothing. Whoever may not see the thread does not see the item either.
 */
export async function addInboxItem(tx: Tx, after: After, item: NewInboxItem): Promise<void> {
  const { workspaceId, userIds, note, ...facts } = item;
  const members = await tx.membership.findMany({
    where: { workspaceId, userId: { in: [...userIds], not: item.actorId }, user: { kind: "human" } },
    select: { userId: true },
  });
  const rows = members.map(({ userId }) => ({ ...facts, workspaceId, userId, note: note && cleanText(note) }));
  const added = await tx.inboxItem.createManyAndReturn({ data: rows, skipDuplicates: true });
  await queueEmails(tx, added);
  hintInboxes(
    after,
    workspaceId,
    added.map(({ userId }) => userId),
  );
}
