import type { Database } from "./database.ts";
import { AppError } from "./errors.ts";
import type { Project, Thread } from "./generated/client.ts";
import {
  lowerRole,
  type Permission,
  type ProjectRole,
  projectAllows,
  roleAllows,
  type Standing,
  type ThreadPlace,
  type ThreadRight,
  threadAllows,
  type WorkspaceRole,
} from "./permissions.ts";

/** Who asks, as authenticated by a session or a token. Says nothing yet about what they may do. */
export type Principal = {
  userId: string;
  name: string;
  kind: "human" | "bot";
  via:
    | { type: "session"; sessionId: string }
    | { type: "token"; tokenId: string; workspaceId: string; role: WorkspaceRole };
  ip: string | null;
  requestId: string;
  /** W3C traceparent of the request, where it is traced. */
  trace?: string | null;
  /** The Idempotency-Key that the request holds; each write confirms it, see idempotency.ts. */
  claim?: { key: string; at: Date };
};

declare const checked: unique symbol;

/** Proof that a principal holds a permission in a workspace. Only this file makes one. */
export type WorkspaceScope = {
  readonly [checked]: "workspace";
  readonly db: Database;
  readonly principal: Principal;
  readonly workspaceId: string;
  readonly role: WorkspaceRole;
  readonly permission: Permission;
};

/** … in a project. */
export type ProjectScope = Omit<WorkspaceScope, typeof checked> & {
  readonly [checked]: "workspace";
  readonly projectId: string;
  readonly standing: Standing;
};

/** … on a thread. */
export type ThreadScope = ProjectScope & { readonly threadId: string; readonly place: ThreadPlace };

/** Signed in, no workspace chosen: for what belongs to the person alone. */
export type UserScope = { readonly db: Database; readonly principal: Principal };

/**
 * The session of whoever is signed in, for what an account's owner alone decides: a token stands for its owner's work.
 * @throws FORBIDDEN for a token
 */
export function sessionOf({ principal }: UserScope): string {
  if (principal.via.type === "session") return principal.via.sessionId;
  throw new AppError("FORBIDDEN", { message: "This is done in the browser, signed in." });
}

type Member = { workspaceId: string; role: WorkspaceRole };

/** Membership with the token's cap applied; `null` when the workspace is out of the principal's reach. */
async function membership(db: Database, principal: Principal, workspaceId: string): Promise<Member | null> {
  if (principal.via.type === "token" && principal.via.workspaceId !== workspaceId) return null;
  const row = await db.prisma.membership.findUnique({
    where: { workspaceId_userId: { workspaceId, userId: principal.userId }, workspace: { deletedAt: null } },
    select: { role: true },
  });
  if (!row) return null;
  return { workspaceId, role: principal.via.type === "token" ? lowerRole(principal.via.role, row.role) : row.role };
}

/**
 * The principal's scope in a workspace.
 * @param workspaceId `null` for the token's workspace or, with a session, the first one joined
 * @throws NOT_FOUND outside its reach, FORBIDDEN when the role lacks the permission
 */
export async function workspaceScope(
  db: Database,
  principal: Principal,
  workspaceId: string | null,
  permission: Permission,
): Promise<WorkspaceScope> {
  const id = workspaceId ?? (await defaultWorkspaceId(db, principal));
  const member = id === null ? null : await membership(db, principal, id);
  if (!member) throw new AppError("NOT_FOUND");
  if (!roleAllows(member.role, permission)) throw new AppError("FORBIDDEN");
  return { db, principal, ...member, permission } as WorkspaceScope;
}

async function defaultWorkspaceId(db: Database, principal: Principal): Promise<string | null> {
  if (principal.via.type === "token") return principal.via.workspaceId;
  const row = await db.prisma.membership.findFirst({
    where: { userId: principal.userId },
    orderBy: [{ createdAt: "asc" }, { workspaceId: "asc" }],
    select: { workspaceId: true },
  });
  return row?.workspaceId ?? null;
}

/**
 * A second workspace of an owner, reached with a token of the first: for making that workspace's tokens, and nothing
 * else. Any other token stays in its own workspace.
 * @throws NOT_FOUND unless the token is an owner's and whoever it stands for owns the other workspace, too
 */
export async function ownedWorkspaceScope(from: WorkspaceScope, workspaceId: string): Promise<WorkspaceScope> {
  const { db, principal } = from;
  if (workspaceId === from.workspaceId || principal.via.type === "session" || from.role !== "owner") {
    return workspaceScope(db, principal, workspaceId, from.permission);
  }
  const owned = await db.prisma.membership.findFirst({
    where: { workspaceId, userId: principal.userId, role: "owner" },
  });
  if (!owned) throw new AppError("NOT_FOUND");
  return { ...from, workspaceId, role: "owner" } as WorkspaceScope;
}

/** @throws NOT_FOUND outside its reach (a restricted project without a role in it included), FORBIDDEN otherwise */
export async function projectScope(
  db: Database,
  principal: Principal,
  projectId: string,
  permission: Permission,
): Promise<ProjectScope> {
  const project = await db.prisma.project.findUnique({
    where: { id: projectId },
    select: {
      workspaceId: true,
      visibility: true,
      members: { where: { userId: principal.userId }, select: { role: true } },
    },
  });
  const member = project && (await membership(db, principal, project.workspaceId));
  if (!project || !member) throw new AppError("NOT_FOUND");
  const standing = standingOf(project);
  if (!projectAllows(member.role, standing, "project.read")) throw new AppError("NOT_FOUND");
  if (!projectAllows(member.role, standing, permission)) throw new AppError("FORBIDDEN");
  return { db, principal, ...member, permission, projectId, standing } as ProjectScope;
}

/** The asker's place in a project. @param project.members the asker's own row, where there is one */
export function standingOf(project: Pick<Project, "visibility"> & { members: { role: ProjectRole }[] }): Standing {
  return { restricted: project.visibility === "restricted", role: project.members[0]?.role ?? null };
}

/** @throws NOT_FOUND outside its reach (another's private thread included), FORBIDDEN otherwise */
export async function threadScope(
  db: Database,
  principal: Principal,
  threadId: string,
  permission: Permission,
): Promise<ThreadScope> {
  const thread = await db.prisma.thread.findUnique({
    where: { id: threadId },
    select: {
      projectId: true,
      visibility: true,
      createdById: true,
      members: { where: { userId: principal.userId }, select: { right: true } },
    },
  });
  if (!thread) throw new AppError("NOT_FOUND");
  const scope = await projectScope(db, principal, thread.projectId, "thread.read");
  const place = placeOf(thread, scope.standing, principal.userId);
  if (!threadAllows(scope.role, place, "thread.read")) throw new AppError("NOT_FOUND");
  if (!threadAllows(scope.role, place, permission)) throw new AppError("FORBIDDEN", { message: refusals[permission] });
  return { ...scope, permission, threadId, place } as ThreadScope;
}

const refusals: Partial<Record<Permission, string>> = {
  "thread.delete": "Only whose thread it is, an owner or an admin may delete it.",
  "thread.share": "Only whose thread it is and, of a shared one, a maintainer or an admin may say who sees it.",
};

/** A member's place in a thread. @param thread.members the member's own row, where there is one */
export function placeOf(
  thread: Pick<Thread, "visibility" | "createdById"> & { members: { right: ThreadRight }[] },
  standing: Standing,
  userId: string,
): ThreadPlace {
  const right = thread.members[0]?.right ?? null;
  return { ...standing, private: thread.visibility === "private", own: thread.createdById === userId, right };
}
