import { openAuditChain } from "./audit.ts";
import { newId } from "./ids.ts";
import { mutate } from "./mutate.ts";
import { permissionNames, roleAllows } from "./permissions.ts";
import type { UserScope, WorkspaceScope } from "./scope.ts";
import { generateToken, insertToken } from "./tokens.ts";
import type { WorkspaceView } from "./workspaces.schema.ts";

/** A second workspace: the asker becomes its owner and gets an owner's token for it, shown once. */
export async function createWorkspace(
  scope: WorkspaceScope,
  input: { name: string },
): Promise<{ id: string; token: string }> {
  const id = newId();
  const tokenId = newId();
  const token = generateToken();
  const { userId } = scope.principal;
  const entry = { action: "workspace.create", resource: { type: "workspace", id } };
  const inNew = { db: scope.db, principal: scope.principal, workspaceId: id };
  await mutate(inNew, entry, async (tx) => {
    await tx.workspace.create({ data: { id, name: input.name } });
    await openAuditChain(tx, id);
    await tx.membership.create({ data: { workspaceId: id, userId, role: "owner" } });
    const name = "Owner's first token";
    await insertToken(tx, { id: tokenId, token, name, role: "owner", workspaceId: id, userId, createdById: userId });
  });
  return { id, token };
}

/** The workspace with what the asker may do there. */
export async function getWorkspace(scope: WorkspaceScope): Promise<WorkspaceView> {
  const workspace = await scope.db.prisma.workspace.findUniqueOrThrow({ where: { id: scope.workspaceId } });
  return {
    id: workspace.id,
    name: workspace.name,
    role: scope.role,
    permissions: permissionNames.filter((permission) => roleAllows(scope.role, permission)),
    me: { id: scope.principal.userId, name: scope.principal.name },
  };
}

/** Workspaces of the person, in the order of joining; a token knows only its own. */
export async function listWorkspaces(scope: UserScope): Promise<{ id: string; name: string }[]> {
  const { via, userId } = scope.principal;
  const rows = await scope.db.prisma.membership.findMany({
    where: { userId, ...(via.type === "token" ? { workspaceId: via.workspaceId } : {}) },
    orderBy: [{ createdAt: "asc" }, { workspaceId: "asc" }],
    select: { workspace: { select: { id: true, name: true } } },
  });
  return rows.map((row) => row.workspace);
}
