import { openAuditChain } from "../audit.ts";
import type { Database } from "../database.ts";
import { newId } from "../ids.ts";
import { type WorkspaceRole, workspaceRoles } from "../permissions.ts";
import { type Principal, type ProjectScope, projectScope } from "../scope.ts";

export type TestWorkspace = {
  id: string;
  projectId: string;
  /** A signed-in human of each role. */
  principals: Record<WorkspaceRole, Principal>;
};

/** A workspace with a member of each role, a model `demo/demo` and a ready project. Real rows, no mocks. */
export async function makeWorkspace(
  db: Database,
  options: { baseUrl?: string; sourcePath?: string } = {},
): Promise<TestWorkspace> {
  const id = newId();
  const projectId = newId();
  const { prisma } = db;
  await prisma.$transaction(async (tx) => {
    await tx.workspace.create({ data: { id, name: `Workspace ${id.slice(-6)}` } });
    await openAuditChain(tx, id);
  });
  await prisma.provider.create({
    data: {
      workspaceId: id,
      name: "demo",
      kind: "openai_chat",
      isDemo: true,
      baseUrl: options.baseUrl ?? "http://127.0.0.1:1/v1",
      models: { create: [{ id: "demo", position: 0 }] },
    },
  });
  const entries: [WorkspaceRole, Principal][] = [];
  for (const role of workspaceRoles) entries.push([role, await addMember(db, id, role)]);
  const principals = Object.fromEntries(entries) as TestWorkspace["principals"];
  await prisma.project.create({
    data: {
      id: projectId,
      workspaceId: id,
      name: "Project",
      sourcePath: options.sourcePath ?? "/nowhere",
      status: "ready",
      defaultBranch: "main",
      createdById: principals.owner.userId,
    },
  });
  return { id, projectId, principals };
}

/** A further human member, signed in with a session of its own. */
export async function addMember(db: Database, workspaceId: string, role: WorkspaceRole): Promise<Principal> {
  const userId = newId();
  const name = `${role} ${userId.slice(-6)}`;
  await db.prisma.user.create({ data: { id: userId, name, email: `${userId}@example.test` } });
  await db.prisma.membership.create({ data: { workspaceId, userId, role } });
  const expiresAt = new Date(Date.now() + 3_600_000);
  const session = await db.prisma.session.create({ data: { userId, expiresAt } });
  return {
    userId,
    name,
    kind: "human",
    via: { type: "session", sessionId: session.id },
    ip: "127.0.0.1",
    requestId: "test",
  };
}

export function testProjectScope(
  db: Database,
  workspace: TestWorkspace,
  role: WorkspaceRole = "member",
): Promise<ProjectScope> {
  return projectScope(db, workspace.principals[role], workspace.projectId, "thread.create");
}
