import type { Prisma } from "./generated/client.ts";
import type { WorkspaceRole } from "./permissions.ts";

/** The threads of a workspace that one of its members may see. @param asker.role in that workspace */
export function visibleThreads({ role, userId }: { role: WorkspaceRole; userId: string }): Prisma.ThreadWhereInput {
  const open = role === "owner" || role === "admin" || role === "auditor";
  const project: Prisma.ProjectWhereInput = open
    ? {}
    : { OR: [{ visibility: "workspace" }, { members: { some: { userId } } }] };
  if (role === "auditor") return { project };
  return { project, OR: [{ visibility: "shared" }, { createdById: userId }] };
}
