import { AppError } from "./errors.ts";
import { lockMembers } from "./members-lock.ts";
import { mutate } from "./mutate.ts";
import { projectAllows } from "./permissions.ts";
import type { ProjectMembersView, SetProjectMemberInput, SetVisibilityInput } from "./project-members.schema.ts";
import type { ProjectScope } from "./scope.ts";

/** Everybody of the workspace who sees the project, with the role given in it; bots only where they have one. */
export async function listProjectMembers(scope: ProjectScope): Promise<ProjectMembersView> {
  const { prisma } = scope.db;
  const { visibility, members } = await prisma.project.findUniqueOrThrow({
    where: { id: scope.projectId },
    select: { visibility: true, members: true },
  });
  const people = await prisma.membership.findMany({
    where: { workspaceId: scope.workspaceId },
    include: { user: { select: { name: true, kind: true } } },
    orderBy: [{ user: { name: "asc" } }, { userId: "asc" }],
  });
  const roles = new Map(members.map(({ userId, role }) => [userId, role]));
  const restricted = visibility === "restricted";
  return {
    visibility,
    members: people.flatMap(({ userId: id, role: workspaceRole, user }) => {
      const role = roles.get(id) ?? null;
      const sees = projectAllows(workspaceRole, { restricted, role }, "project.read");
      if (!sees || (user.kind === "bot" && role === null)) return [];
      return [{ id, name: user.name, workspaceRole, role }];
    }),
  };
}

/**
 * Gives a member of the workspace a role in the project, from each open turn's and stream's next check on.
 * @throws NOT_FOUND for who is no member of the workspace
 */
export async function setProjectMember(scope: ProjectScope, { userId, role }: SetProjectMemberInput): Promise<void> {
  const { projectId, workspaceId } = scope;
  const entry = {
    action: "project.set_member",
    resource: { type: "project", id: projectId },
    detail: { userId, role },
  };
  await mutate(scope, entry, async (tx, after) => {
    await lockMembers(tx, workspaceId);
    const member = await tx.membership.findUnique({ where: { workspaceId_userId: { workspaceId, userId } } });
    if (!member) throw new AppError("NOT_FOUND", { message: "There is no such member of the workspace." });
    await tx.projectMember.upsert({
      where: { projectId_userId: { projectId, userId } },
      create: { projectId, userId, role },
      update: { role },
    });
    after({ k: "workspace", w: workspaceId });
  });
}

/** Takes a member's role in the project. @throws NOT_FOUND for who has none */
export async function removeProjectMember(scope: ProjectScope, { userId }: { userId: string }): Promise<void> {
  const { projectId, workspaceId } = scope;
  const entry = { action: "project.remove_member", resource: { type: "project", id: projectId }, detail: { userId } };
  await mutate(scope, entry, async (tx, after) => {
    const removed = await tx.projectMember.deleteMany({ where: { projectId, userId } });
    if (removed.count === 0) throw new AppError("NOT_FOUND");
    after({ k: "workspace", w: workspaceId });
  });
}

/** Opens the project to the workspace, or to those alone who have a role in it (and owners, admins, auditors). */
export async function setProjectVisibility(scope: ProjectScope, { visibility }: SetVisibilityInput): Promise<void> {
  const { projectId: id, workspaceId } = scope;
  const entry = { action: "project.set_visibility", resource: { type: "project", id }, detail: { visibility } };
  await mutate(scope, entry, async (tx, after) => {
    await tx.project.update({ where: { id }, data: { visibility } });
    after({ k: "workspace", w: workspaceId });
  });
}
