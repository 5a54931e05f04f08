import type { Prisma } from "./generated/client.ts";
import type { WorkspaceRole } from "./permissions.ts";

/** The threads of a workspace that one of its members may see. @param asker.role in that workspace */
export function visibleThreads({ role, userId }: { role: WorkspaceRole; userId: string }): Prisma.ThreadWhereInput {
  const open = role === "owner" || role === "admin" || role === "auditor";
  const project: Prisma.ProjectWhereInput = open
    ? {}
    : { OR: [{ visibility: "workspace" }, { members: { some: { userId } } }] };
  return role === "auditor" ? { project } : { project, ...openTo(userId) };
}

/** Threads that are shared, a member's own, or private ones that the member was let into. */
export function openTo(userId: string) {
  return {
    OR: [{ visibility: "shared" }, { createdById: userId }, { members: { some: { userId } } }],
  } satisfies Prisma.ThreadWhereInput;
}
