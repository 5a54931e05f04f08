import type { Tx } from "./database.ts";

/**
 * Within the caller's transaction and before anything else: one change of a workspace's members at a time, so that two
 * owners cannot step down past each other. Ordinary writes to the workspace go on.
 */
export async function lockMembers(tx: Tx, workspaceId: string): Promise<void> {
  await tx.$executeRaw`SELECT 1 FROM "Workspace" WHERE "id" = ${workspaceId} FOR NO KEY UPDATE`;
}
