import { databaseTime } from "./clock.ts";
import type { Tx } from "./database.ts";
import type { InboxItem } from "./generated/client.ts";
import { defaultEmailKinds } from "./notifications.schema.ts";

/** Whoever sees or deals with an item this soon needs no e-mail about it. */
const emailAfterMs = 30_000;

/** Within the transaction that adds items of one workspace: an e-mail about each whose reader wants one of its kind. */
export async function queueEmails(tx: Tx, items: readonly InboxItem[]): Promise<void> {
  if (items.length === 0) return;
  const settings = await tx.notificationSettings.findMany({
    where: { workspaceId: items[0]?.workspaceId, userId: { in: items.map(({ userId }) => userId) } },
  });
  const kindsOf = new Map(settings.map(({ userId, emailKinds }) => [userId, emailKinds]));
  const wanted = items.filter(({ userId, kind }) => (kindsOf.get(userId) ?? defaultEmailKinds).includes(kind));
  if (wanted.length === 0) return;
  const dueAt = new Date((await databaseTime(tx)).getTime() + emailAfterMs);
  await tx.inboxEmail.createMany({ data: wanted.map(({ id }) => ({ itemId: id, dueAt })) });
}
