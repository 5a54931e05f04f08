import type { Actor } from "./audit.ts";
import type { Database } from "./database.ts";
import { mutate } from "./mutate.ts";

const actor: Actor = { userId: "system", name: "Heddle", kind: "system", via: "restore", ip: null };

/** Notes in every workspace that its rows came back from a backup, and of when that is. */
export async function recordRestore(db: Database, detail: { takenAt: string; version: string }): Promise<void> {
  for (const { id } of await db.prisma.workspace.findMany({ select: { id: true }, orderBy: { id: "asc" } })) {
    const entry = { action: "workspace.restore", resource: { type: "workspace", id }, detail };
    await mutate({ db, workspaceId: id, actor }, entry, async () => undefined);
  }
}
