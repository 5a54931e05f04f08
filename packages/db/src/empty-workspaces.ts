import type { Actor, AuditEntry } from "./audit.ts";
import type { Database, Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { Workspace } from "./generated/client.ts";
import { mutate } from "./mutate.ts";

/** Threads of one workspace that one call removes: others wait for their turn meanwhile. */
const threadsAtOnce = 100;

/**
 * Removes the rows of deleted workspaces, a part with each call: threads where no turn runs any more, then projects, at
 * last the workspace. What each host has of them on its disk goes by the word of the audit log, which stays.
 * @returns whether anything was removed
 */
export async function emptyDeletedWorkspaces(db: Database): Promise<boolean> {
  const deleted = await db.prisma.workspace.findMany({ where: { deletedAt: { not: null } } });
  let removed = false;
  for (const workspace of deleted) removed = (await emptyWorkspace(db, workspace)) || removed;
  return removed;
}

async function emptyWorkspace(db: Database, workspace: Workspace): Promise<boolean> {
  const { prisma } = db;
  const workspaceId = workspace.id;
  const threads = await prisma.thread.findMany({
    where: { workspaceId, turns: { none: { status: { in: ["running", "queued"] } } } },
    select: { id: true, projectId: true, branch: true },
    take: threadsAtOnce,
  });
  for (const { id, ...detail } of threads) {
    const entry = { action: "thread.remove", resource: { type: "thread", id }, detail };
    await remove(db, workspace, entry, (tx) => tx.thread.deleteMany({ where: { id } }));
  }
  const projects = await prisma.project.findMany({ where: { workspaceId, threads: { none: {} } } });
  for (const { id, name } of projects) {
    const entry = { action: "project.remove", resource: { type: "project", id }, detail: { name } };
    await remove(db, workspace, entry, (tx) => tx.project.deleteMany({ where: { id, threads: { none: {} } } }));
  }
  if ((await prisma.project.count({ where: { workspaceId } })) > 0) return threads.length + projects.length > 0;
  const entry = { action: "workspace.remove", resource: { type: "workspace", id: workspaceId } };
  await remove(db, workspace, entry, (tx) => removeLast(tx, workspaceId));
  return true;
}

/** What was spent, and links for passwords, hang on no row of the workspace; the rest goes with its own. */
async function removeLast(tx: Tx, workspaceId: string): Promise<{ count: number }> {
  await tx.usageRecord.deleteMany({ where: { workspaceId } });
  await tx.passwordReset.deleteMany({ where: { workspaceId } });
  return tx.workspace.deleteMany({ where: { id: workspaceId } });
}

/** Nothing is written where another worker was faster. */
async function remove(
  db: Database,
  { id: workspaceId, deletedById }: Workspace,
  entry: AuditEntry,
  write: (tx: Tx) => Promise<{ count: number }>,
): Promise<void> {
  const user = deletedById === null ? null : await db.prisma.user.findUnique({ where: { id: deletedById } });
  const actor: Actor = { userId: deletedById ?? "", name: user?.name ?? "", kind: "human", via: "worker", ip: null };
  const written = mutate({ db, workspaceId, actor }, entry, async (tx) => {
    if ((await write(tx)).count === 0) throw new AppError("NOT_FOUND");
  });
  await written.catch((error: unknown) => {
    if (!(error instanceof AppError && error.code === "NOT_FOUND")) throw error;
  });
}
