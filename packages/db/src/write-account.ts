import { type Actor, appendAudit } from "./audit.ts";
import type { Database, Tx } from "./database.ts";
import { transact } from "./mutate.ts";

type Change = {
  userId: string;
  actor: Actor;
  action: string;
  outcome?: "ok" | "denied";
};

/**
 * What `mutate` is for a workspace's rows, for a person's own: an account belongs to no workspace, so its changes are in
 * the audit log of every workspace of the person.
 */
export async function writeAccount(
  db: Database,
  { userId, actor, action, outcome = "ok" }: Change,
  write: (tx: Tx, userId: string) => Promise<void>,
): Promise<void> {
  await transact(db, async (tx, after) => {
    await write(tx, userId);
    // Audit chains are locked in one order, see `signIn`.
    const memberships = await tx.membership.findMany({ where: { userId }, orderBy: { workspaceId: "asc" } });
    for (const { workspaceId } of memberships) {
      await appendAudit(tx, workspaceId, actor, { action, outcome, resource: { type: "user", id: userId } });
      // Open streams look at their rights again, lists at the name.
      after({ k: "workspace", w: workspaceId });
    }
  });
}
