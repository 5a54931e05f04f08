import { openAuditChain } from "./audit.ts";
import { firstWorkspaceId } from "./first-workspace.ts";
import { newId } from "./ids.ts";
import { mutate } from "./mutate.ts";
import { lowerRole, type Permission, permissionNames, roleAllows } from "./permissions.ts";
import type { UserScope, WorkspaceScope } from "./scope.ts";
import { generateToken, insertToken } from "./tokens.ts";
import type { JoinedWorkspace, WorkspaceView } from "./workspaces.schema.ts";

/**
 * A second workspace: the asker becomes its owner. Who asks with a token gets an owner's token for it, shown once; a
 * browser needs none.
 */
export async function createWorkspace(
  scope: WorkspaceScope,
  input: { name: string },
): Promise<{ id: string; token: string | null }> {
  const id = newId();
  const tokenId = newId();
  const { userId, via } = scope.principal;
  const token = via.type === "token" ? generateToken() : null;
  const entry = { action: "workspace.create", resource: { type: "workspace", id } };
  const inNew = { db: scope.db, principal: scope.principal, workspaceId: id };
  await mutate(inNew, entry, async (tx) => {
    await tx.workspace.create({ data: { id, name: input.name } });
    await openAuditChain(tx, id);
    await tx.membership.create({ data: { workspaceId: id, userId, role: "owner" } });
    if (token === null) return;
    const name = "Owner's first token";
    await insertToken(tx, { id: tokenId, token, name, role: "owner", workspaceId: id, userId, createdById: userId });
  });
  return { id, token };
}

/** Gives the workspace another name; names need not differ. */
export async function renameWorkspace(scope: WorkspaceScope, { name }: { name: string }): Promise<void> {
  const { workspaceId } = scope;
  const entry = { action: "workspace.rename", resource: { type: "workspace", id: workspaceId }, detail: { name } };
  await mutate(scope, entry, async (tx, after) => {
    await tx.workspace.update({ where: { id: workspaceId }, data: { name } });
    after({ k: "workspace", w: workspaceId });
  });
}

/** The workspace with what the asker may do there. */
export async function getWorkspace(scope: WorkspaceScope): Promise<WorkspaceView> {
  const { prisma } = scope.db;
  const workspace = await prisma.workspace.findUniqueOrThrow({ where: { id: scope.workspaceId } });
  const stays = (await firstWorkspaceId(prisma)) === scope.workspaceId;
  const may = (permission: Permission) =>
    roleAllows(scope.role, permission) && !(stays && permission === "workspace.delete");
  return {
    id: workspace.id,
    name: workspace.name,
    role: scope.role,
    permissions: permissionNames.filter(may),
    me: { id: scope.principal.userId, name: scope.principal.name },
  };
}

/** Workspaces of the person, in the order of joining; a token knows only its own. */
export async function listWorkspaces(scope: UserScope): Promise<JoinedWorkspace[]> {
  const { via, userId } = scope.principal;
  const rows = await scope.db.prisma.membership.findMany({
    where: {
      userId,
      workspace: { deletedAt: null },
      ...(via.type === "token" ? { workspaceId: via.workspaceId } : {}),
    },
    orderBy: [{ createdAt: "asc" }, { workspaceId: "asc" }],
    select: { role: true, workspace: { select: { id: true, name: true } } },
  });
  return rows.map(({ role, workspace }) => ({
    ...workspace,
    role: via.type === "token" ? lowerRole(via.role, role) : role,
  }));
}
