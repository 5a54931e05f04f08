import { type Actor, appendAudit } from "./audit.ts";
import type { Database } from "./database.ts";
import { AppError } from "./errors.ts";
import { Prisma, type Project } from "./generated/client.ts";
import { newId } from "./ids.ts";
import { mutate, transact } from "./mutate.ts";
import { projectAllows, projectPermissionNames, type Standing, type WorkspaceRole } from "./permissions.ts";
import type { CreateProjectInput, ProjectView } from "./projects.schema.ts";
import { type ProjectScope, standingOf, type WorkspaceScope } from "./scope.ts";
import { scriptOrNull, setupDigest } from "./setup-agreement.ts";

/**
 * Registers a repository; a worker clones it. The path has been checked by the caller. Only owners and admins can, so
 * they agree to the setup script with it; it reaches no host yet.
 * @throws NAME_TAKEN
 */
export async function createProject(scope: WorkspaceScope, input: CreateProjectInput): Promise<ProjectView> {
  const id = newId();
  const setupScript = scriptOrNull(input.setupScript);
  const entry = { action: "project.create", resource: { type: "project", id }, detail: { path: input.source.path } };
  return mutate(scope, entry, async (tx, after) => {
    after({ k: "workspace", w: scope.workspaceId });
    const project = await tx.project
      .create({
        data: {
          id,
          workspaceId: scope.workspaceId,
          name: input.name,
          sourcePath: input.source.path,
          setupScript,
          setupApproved: setupScript === null ? null : setupDigest({ setupScript, setupHosts: [] }),
          createdById: scope.principal.userId,
        },
      })
      .catch(nameTaken);
    return toView(project, scope.role, { restricted: false, role: null });
  });
}

export async function listProjects(scope: WorkspaceScope): Promise<ProjectView[]> {
  const open = scope.role === "owner" || scope.role === "admin" || scope.role === "auditor";
  const rows = await scope.db.prisma.project.findMany({
    where: {
      workspaceId: scope.workspaceId,
      ...(open ? {} : { OR: [{ visibility: "workspace" }, { members: { some: { userId: scope.principal.userId } } }] }),
    },
    include: { members: { where: { userId: scope.principal.userId }, select: { role: true } } },
    orderBy: { createdAt: "asc" },
  });
  return rows.map((row) => toView(row, scope.role, standingOf(row)));
}

export async function getProject(scope: ProjectScope): Promise<ProjectView> {
  const project = await scope.db.prisma.project.findUniqueOrThrow({ where: { id: scope.projectId } });
  return toView(project, scope.role, scope.standing);
}

/** Asks for a clone after a failure, or for a fetch of what is new upstream. The caller pokes the project's workflow. */
export async function requestFetch(scope: ProjectScope): Promise<ProjectView> {
  const entry = { action: "project.fetch", resource: { type: "project", id: scope.projectId } };
  return mutate(scope, entry, async (tx) => {
    const where = { id: scope.projectId };
    const project = await tx.project.findUniqueOrThrow({ where });
    const data = { status: "cloning" as const, reason: null };
    const asked = project.status === "failed" ? await tx.project.update({ where, data }) : project;
    return toView(asked, scope.role, scope.standing);
  });
}

/** For workers: the row as it is. */
export async function loadProject(db: Database, projectId: string): Promise<Project> {
  const project = await db.prisma.project.findUnique({ where: { id: projectId } });
  if (!project) throw new AppError("NOT_FOUND");
  return project;
}

/** Projects whose clone has not ended: what a reconciler pokes. */
export async function unfinishedProjects(db: Database): Promise<string[]> {
  const rows = await db.prisma.project.findMany({ where: { status: "cloning" }, select: { id: true } });
  return rows.map((row) => row.id);
}

/**
 * How a fetch ended. A project that was ready before stays ready when its source has vanished: work goes on from what
 * was fetched last, and `reason` says so.
 */
export async function recordFetch(
  db: Database,
  projectId: string,
  result: { ok: true; defaultBranch: string } | { ok: false; code: string; reason: string },
): Promise<void> {
  await transact(db, async (tx, after) => {
    const project = await tx.project.findUniqueOrThrow({ where: { id: projectId } });
    const stays = !result.ok && project.fetchedAt !== null;
    const data = result.ok
      ? { status: "ready" as const, reason: null, defaultBranch: result.defaultBranch, fetchedAt: new Date() }
      : { status: stays ? ("ready" as const) : ("failed" as const), reason: result.reason };
    await tx.project.update({ where: { id: projectId }, data });
    after({ k: "workspace", w: project.workspaceId });
    if (data.status === project.status) return;
    await appendAudit(tx, project.workspaceId, systemActor, {
      action: "project.clone",
      resource: { type: "project", id: projectId },
      outcome: result.ok ? "ok" : "failed",
      detail: result.ok ? {} : { code: result.code },
    });
  });
}

const systemActor: Actor = { userId: "system", name: "Heddle", kind: "system", via: "worker", ip: null };

function toView(project: Project, role: WorkspaceRole, standing: Standing): ProjectView {
  const { id, name, sourcePath, status, reason, defaultBranch, visibility, fetchedAt, createdAt } = project;
  const source = { path: sourcePath };
  const permissions = projectPermissionNames.filter((permission) => projectAllows(role, standing, permission));
  return { id, name, source, status, reason, defaultBranch, visibility, fetchedAt, createdAt, permissions };
}

/** A unique constraint on a name, as an error for people. */
export function nameTaken(error: unknown): never {
  const taken = error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
  throw taken ? new AppError("NAME_TAKEN", { cause: error }) : error;
}
