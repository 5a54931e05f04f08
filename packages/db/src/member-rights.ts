import { AppError } from "./errors.ts";
import { explainAccess } from "./explain-access.ts";
import type { MemberRights } from "./member-rights.schema.ts";
import { permissionNames, projectPermissionNames, roleAllows } from "./permissions.ts";
import { standingOf, type WorkspaceScope } from "./scope.ts";

/** What a member may do, and where each right comes from. @throws NOT_FOUND for who is no human member */
export async function getMemberRights(scope: WorkspaceScope, { userId }: { userId: string }): Promise<MemberRights> {
  const { db, workspaceId } = scope;
  const { prisma } = db;
  const member = await prisma.membership.findUnique({
    where: { workspaceId_userId: { workspaceId, userId }, user: { kind: "human" } },
  });
  if (!member) throw new AppError("NOT_FOUND");
  const { role, createdAt } = member;
  const projects = await prisma.project.findMany({
    where: { workspaceId },
    select: { id: true, name: true, visibility: true, members: { where: { userId }, select: { role: true } } },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
  const inThreads = { userId, thread: { workspaceId } };
  return {
    role,
    given: (await lastGiven(scope, userId)) ?? { at: createdAt, byName: null },
    permissions: permissionNames.filter((name) => !projectPermissionNames.includes(name) && roleAllows(role, name)),
    projects: projects.map(({ id, name, ...project }) => {
      const standing = standingOf(project);
      return { id, name, ...standing, ...explainAccess(role, standing) };
    }),
    threads: await prisma.threadMember.count({ where: inThreads }),
  };
}

/** Who gave the role, as the audit log has it: the last change, else the invitation. */
async function lastGiven({ db, workspaceId }: WorkspaceScope, userId: string) {
  const event = await db.prisma.auditEvent.findFirst({
    where: { workspaceId, action: "member.set_role", resourceId: userId, outcome: "ok" },
    orderBy: { seq: "desc" },
  });
  const invitation = await db.prisma.invitation.findFirst({
    where: { workspaceId, usedById: userId },
    orderBy: { usedAt: "desc" },
  });
  // A role given before the person left and came back counts no more.
  if (event && !(invitation?.usedAt && invitation.usedAt > event.at)) return { at: event.at, byName: event.actorName };
  if (!invitation?.usedAt) return null;
  const inviter = await db.prisma.user.findUnique({ where: { id: invitation.createdById } });
  return { at: invitation.usedAt, byName: inviter?.name ?? null };
}
