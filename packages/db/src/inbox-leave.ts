import type { Tx } from "./database.ts";

/** Within the transaction that ends a membership: the inbox is gone, and what the member took care of is others' again. */
export async function leaveInboxes(tx: Tx, workspaceId: string, userId: string): Promise<void> {
  await tx.inboxItem.deleteMany({ where: { workspaceId, userId } });
  await tx.inboxItem.updateMany({ where: { workspaceId, claimedById: userId }, data: { claimedById: null } });
  await tx.notificationSettings.deleteMany({ where: { workspaceId, userId } });
}
