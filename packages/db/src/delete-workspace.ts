import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import { firstWorkspaceId } from "./first-workspace.ts";
import { lockMembers } from "./members-lock.ts";
import { type After, mutate } from "./mutate.ts";
import { sessionOf, type WorkspaceScope } from "./scope.ts";
import { stopTurns } from "./stop-turns.ts";

/**
 * Ends a workspace at once and for everybody: turns stop, and nobody is a member any more. What it holds is removed by
 * the worker (see empty-workspaces.ts); its audit log stays.
 * @param input.name must be the workspace's: nobody deletes another one by mistake
 * @returns the threads whose workflows are to be poked
 * @throws FORBIDDEN with a token, BAD_INPUT for another name, FIRST_WORKSPACE
 */
export async function deleteWorkspace(
  scope: WorkspaceScope,
  input: { name: string },
): Promise<{ threadIds: string[] }> {
  sessionOf(scope);
  const { workspaceId, principal } = scope;
  const resource = { type: "workspace", id: workspaceId };
  const entry = ({ threadIds: _, ...detail }: Awaited<ReturnType<typeof end>>) => ({
    action: "workspace.delete",
    resource,
    detail,
  });
  const { threadIds } = await mutate(scope, entry, async (tx, after) => {
    await lockMembers(tx, workspaceId);
    const { name } = await tx.workspace.findUniqueOrThrow({ where: { id: workspaceId } });
    const where = { workspaceId_userId: { workspaceId, userId: principal.userId } };
    // One's role may have changed since the scope was made.
    if ((await tx.membership.findUnique({ where }))?.role !== "owner") throw new AppError("FORBIDDEN");
    if (input.name !== name) throw new AppError("BAD_INPUT", { message: "This is not the name of the workspace." });
    if ((await firstWorkspaceId(tx)) === workspaceId) throw new AppError("FIRST_WORKSPACE");
    return end(tx, after, { workspaceId, name, byId: principal.userId });
  });
  return { threadIds };
}

async function end(
  tx: Tx,
  after: After,
  { workspaceId, name, byId }: { workspaceId: string; name: string; byId: string },
) {
  const inIt = { where: { workspaceId } };
  const senders = await tx.turn.findMany({
    where: { status: { in: ["running", "queued", "held"] }, thread: { workspaceId } },
    select: { senderId: true },
    distinct: ["senderId"],
  });
  const threadIds: string[] = [];
  for (const { senderId } of senders) {
    threadIds.push(...(await stopTurns(tx, after, { workspaceId, senderId, byId })).threadIds);
  }
  await tx.projectRemote.updateMany({
    where: { project: { workspaceId, status: "cloning" } },
    data: { cancelAskedAt: new Date() },
  });
  const [projects, threads] = [await tx.project.count(inIt), await tx.thread.count(inIt)];
  await tx.invitation.deleteMany(inIt);
  await tx.apiToken.deleteMany(inIt);
  // Bots belong to one workspace.
  await tx.user.deleteMany({ where: { kind: "bot", memberships: { some: { workspaceId } } } });
  const members = await tx.membership.deleteMany(inIt);
  await tx.workspace.update({ where: { id: workspaceId }, data: { deletedAt: new Date(), deletedById: byId } });
  // Open streams look at their rights again.
  after({ k: "workspace", w: workspaceId });
  return { threadIds: [...new Set(threadIds)], name, members: members.count, projects, threads };
}
