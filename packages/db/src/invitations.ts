import { AppError } from "./errors.ts";
import { newId } from "./ids.ts";
import type { CreateInvitationInput, InvitationView } from "./invitations.schema.ts";
import { newLinkSecret } from "./link-secret.ts";
import { mutate, rememberRefusal } from "./mutate.ts";
import { rolesBelow } from "./permissions.ts";
import type { WorkspaceScope } from "./scope.ts";
import { standsBehind } from "./take-invitation.ts";

const dayMs = 86_400_000;

/**
 * A link by which one person joins the workspace.
 * @returns its secret, which is kept nowhere else
 * @throws FORBIDDEN for a role that the asker may not give, NOT_FOUND for a project outside the workspace
 */
export async function createInvitation(
  scope: WorkspaceScope,
  input: CreateInvitationInput,
): Promise<{ id: string; token: string; expiresAt: Date }> {
  const { workspaceId, principal } = scope;
  const id = newId();
  const { token, hash } = newLinkSecret();
  const expiresAt = new Date(Date.now() + input.expiresInDays * dayMs);
  const entry = {
    action: "invitation.create",
    resource: { type: "invitation", id },
    detail: { role: input.role, projects: input.projects.length, email: input.email ?? null },
  };
  const written = mutate(scope, entry, async (tx, after) => {
    if (!rolesBelow(scope.role).includes(input.role)) {
      throw new AppError("FORBIDDEN", { message: `Your role does not let you invite with the role ${input.role}.` });
    }
    const ids = input.projects.map(({ projectId }) => projectId);
    if ((await tx.project.count({ where: { workspaceId, id: { in: ids } } })) !== ids.length) {
      throw new AppError("NOT_FOUND", { message: "There is no such project in this workspace." });
    }
    await tx.invitation.create({
      data: {
        id,
        workspaceId,
        hash,
        role: input.role,
        email: input.email ?? null,
        createdById: principal.userId,
        tokenId: principal.via.type === "token" ? principal.via.tokenId : null,
        expiresAt,
        projects: { create: input.projects },
      },
    });
    after({ k: "workspace", w: workspaceId });
  });
  await rememberRefusal(scope, entry, written);
  return { id, token, expiresAt };
}

/** Those that can still be taken, newest first. */
export async function listInvitations(scope: WorkspaceScope): Promise<InvitationView[]> {
  const { prisma } = scope.db;
  const rows = await prisma.invitation.findMany({
    where: { workspaceId: scope.workspaceId, usedAt: null, revokedAt: null, expiresAt: { gt: new Date() } },
    include: { projects: { include: { project: { select: { name: true } } } } },
    orderBy: { createdAt: "desc" },
    take: 1_000,
  });
  const inviters = await Promise.all(rows.map((row) => standsBehind(prisma, row)));
  return rows.flatMap((row, index) => {
    const inviter = inviters[index];
    if (!inviter) return [];
    const { id, role, email, createdAt, expiresAt } = row;
    const projects = row.projects.map(({ projectId, role, project }) => ({ projectId, role, name: project.name }));
    return [{ id, role, projects, email, invitedBy: inviter, createdAt, expiresAt }];
  });
}

/** Ends an invitation that nobody has taken yet. @throws NOT_FOUND */
export async function revokeInvitation(scope: WorkspaceScope, invitationId: string): Promise<void> {
  const entry = { action: "invitation.revoke", resource: { type: "invitation", id: invitationId } };
  await mutate(scope, entry, async (tx, after) => {
    const revoked = await tx.invitation.updateMany({
      where: { id: invitationId, workspaceId: scope.workspaceId, usedAt: null, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    if (revoked.count === 0) throw new AppError("NOT_FOUND");
    after({ k: "workspace", w: scope.workspaceId });
  });
}
