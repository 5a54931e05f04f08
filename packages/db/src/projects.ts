import { type Actor, type AuditEntry, appendAudit } from "./audit.ts";
import type { Database } from "./database.ts";
import { AppError } from "./errors.ts";
import { Prisma } from "./generated/client.ts";
import { newId } from "./ids.ts";
import { mutate, transact } from "./mutate.ts";
import { type ProjectRow, projectViewOf, withRemote } from "./project-view.ts";
import type { ProjectView } from "./projects.schema.ts";
import type { UpstreamChangesView } from "./remotes.schema.ts";
import { dueIn, type NewRemote, sealCredential } from "./remotes.ts";
import { type ProjectScope, standingOf, type WorkspaceScope } from "./scope.ts";
import type { SecretBox } from "./secrets.ts";
import { scriptOrNull, setupDigest } from "./setup-agreement.ts";

type NewProject = { name: string; setupScript?: string; source: { path: string } | NewRemote };

/**
 * Registers a repository; a worker clones it. The path or address has been checked by the caller. Only owners and
 * admins can, so they agree to the setup script with it; it reaches no host yet.
 * @throws NAME_TAKEN
 */
export async function createProject(
  scope: WorkspaceScope,
  secrets: SecretBox,
  { name, source, ...input }: NewProject,
): Promise<ProjectView> {
  const id = newId();
  const { workspaceId } = scope;
  const setupScript = scriptOrNull(input.setupScript);
  const detail: AuditEntry["detail"] = "path" in source ? { path: source.path } : { url: source.url.text };
  const entry = { action: "project.create", resource: { type: "project", id }, detail };
  const at =
    "path" in source
      ? { sourcePath: source.path }
      : { remote: { create: remoteColumns(secrets, { workspaceId, projectId: id }, source) } };
  return mutate(scope, entry, async (tx, after) => {
    after({ k: "workspace", w: workspaceId });
    const project = await tx.project
      .create({
        data: {
          id,
          workspace: { connect: { id: workspaceId } },
          name,
          ...at,
          setupScript,
          setupApproved: setupScript === null ? null : setupDigest({ setupScript, setupHosts: [] }),
          createdById: scope.principal.userId,
        },
        include: withRemote,
      })
      .catch(nameTaken);
    return projectViewOf(project, scope.role, { restricted: false, role: null });
  });
}

function remoteColumns(
  secrets: SecretBox,
  place: { workspaceId: string; projectId: string },
  { url, credential }: NewRemote,
) {
  return { url: url.text, ...sealCredential(secrets, place, credential) };
}

export async function listProjects(scope: WorkspaceScope): Promise<ProjectView[]> {
  const open = scope.role === "owner" || scope.role === "admin" || scope.role === "auditor";
  const rows = await scope.db.prisma.project.findMany({
    where: {
      workspaceId: scope.workspaceId,
      ...(open ? {} : { OR: [{ visibility: "workspace" }, { members: { some: { userId: scope.principal.userId } } }] }),
    },
    include: { ...withRemote, members: { where: { userId: scope.principal.userId }, select: { role: true } } },
    orderBy: { createdAt: "asc" },
  });
  return rows.map((row) => projectViewOf(row, scope.role, standingOf(row)));
}

export async function getProject(scope: ProjectScope): Promise<ProjectView> {
  const where = { id: scope.projectId };
  const project = await scope.db.prisma.project.findUniqueOrThrow({ where, include: withRemote });
  return projectViewOf(project, scope.role, scope.standing);
}

/** Asks for a clone after a failure, or for a fetch of what is new upstream. The caller pokes the project's workflow. */
export async function requestFetch(scope: ProjectScope): Promise<ProjectView> {
  const entry = { action: "project.fetch", resource: { type: "project", id: scope.projectId } };
  return mutate(scope, entry, async (tx) => {
    const where = { id: scope.projectId };
    await tx.projectRemote.updateMany({ where: { projectId: scope.projectId }, data: { cancelAskedAt: null } });
    const data = { status: "cloning" as const, reason: null, reasonCode: null };
    await tx.project.updateMany({ where: { ...where, status: "failed" }, data });
    const project = await tx.project.findUniqueOrThrow({ where, include: withRemote });
    return projectViewOf(project, scope.role, scope.standing);
  });
}

/** Projects whose clone has not ended and waits for nobody: what a reconciler pokes. */
export async function unfinishedProjects(db: Database): Promise<string[]> {
  const waits = { remote: { is: { offeredHostKey: { not: null } } } };
  const rows = await db.prisma.project.findMany({ where: { status: "cloning", NOT: waits }, select: { id: true } });
  return rows.map((row) => row.id);
}

export type FetchResult =
  | { ok: true; defaultBranch: string; changes: Omit<UpstreamChangesView, "at"> | null }
  | { ok: false; code: string; reason: string; offeredHostKey?: string };

/**
 * How a fetch ended. A project that was ready before stays ready when its source has vanished: work goes on from what
 * was fetched last, and `reason` says so. One whose server shows an unknown key waits for a person.
 * @param url where it was fetched from: what another address than the present one has shown, its server's key above
 * all, is no answer
 */
export async function recordFetch(db: Database, projectId: string, result: FetchResult, url?: string): Promise<void> {
  await transact(db, async (tx, after) => {
    const project = await tx.project.findUnique({ where: { id: projectId }, include: withRemote });
    // Deleted meanwhile, or pointed elsewhere.
    if (!project || (url !== undefined && project.remote?.url !== url)) return;
    const data = result.ok ? fetched(result) : notFetched(project, result);
    await tx.project.update({ where: { id: projectId }, data });
    await tx.projectRemote.updateMany({
      where: { projectId },
      data: {
        progress: Prisma.DbNull,
        cancelAskedAt: null,
        fetchDueAt: dueIn(project.remote?.fetchEveryMinutes ?? 0),
        offeredHostKey: result.ok ? null : (result.offeredHostKey ?? null),
      },
    });
    after({ k: "workspace", w: project.workspaceId });
    if ((data.status ?? project.status) === project.status) return;
    await appendAudit(tx, project.workspaceId, systemActor, {
      action: "project.clone",
      resource: { type: "project", id: projectId },
      outcome: result.ok ? "ok" : "failed",
      detail: result.ok ? {} : { code: result.code },
    });
  });
}

function fetched({ defaultBranch, changes }: FetchResult & { ok: true }): Prisma.ProjectUpdateInput {
  const at = new Date();
  const noted = changes && { changes: { ...changes, at: at.toISOString() } };
  return { status: "ready", reason: null, reasonCode: null, defaultBranch, fetchedAt: at, ...noted };
}

function notFetched(project: ProjectRow, result: FetchResult & { ok: false }): Prisma.ProjectUpdateInput {
  const stays = project.fetchedAt !== null;
  // Whoever has given up a fetch of what is there already need not be told so.
  if (stays && result.code === "FETCH_CANCELLED") return {};
  const told = { reason: result.reason, reasonCode: result.code };
  if (stays) return { status: "ready", ...told };
  return { status: result.offeredHostKey === undefined ? "failed" : "cloning", ...told };
}

const systemActor: Actor = { userId: "system", name: "Heddle", kind: "system", via: "worker", ip: null };

/** A unique constraint on a name, as an error for people. */
export function nameTaken(error: unknown): never {
  const taken = error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
  throw taken ? new AppError("NAME_TAKEN", { cause: error }) : error;
}
