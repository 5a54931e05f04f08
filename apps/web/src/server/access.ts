import type { Database } from "@heddle/db/database";
import { AppError } from "@heddle/db/errors";
import { auditDenied } from "@heddle/db/mutate";
import type { Permission } from "@heddle/db/permissions";
import {
  type Principal,
  type ProjectScope,
  projectScope,
  type ThreadScope,
  threadScope,
  type UserScope,
  type WorkspaceScope,
  workspaceScope,
} from "@heddle/db/scope";

/** Who asks, and in which workspace where the request names no project or thread. */
export type Caller = {
  db: Database;
  principal: Principal | null;
  /** `null` for the token's workspace or the person's first one. */
  workspaceId: string | null;
};

/** What a procedure or route asks of its caller; every one of them carries it. */
export type Access = "public" | "user" | { on: "workspace" | "project" | "thread"; permission: Permission };

/** @throws UNAUTHENTICATED */
export function openUser({ db, principal }: Caller): UserScope {
  if (!principal) throw new AppError("UNAUTHENTICATED");
  return { db, principal };
}

/** @throws UNAUTHENTICATED, NOT_FOUND, FORBIDDEN; the last is remembered in the audit log */
export async function openWorkspace(caller: Caller, permission: Permission): Promise<WorkspaceScope> {
  const { db, principal } = openUser(caller);
  const open = (right: Permission) => workspaceScope(db, principal, caller.workspaceId, right);
  return open(permission).catch((error) => refuse(error, permission, "workspace", () => open("workspace.read")));
}

/** @throws UNAUTHENTICATED, NOT_FOUND, FORBIDDEN; the last is remembered in the audit log */
export async function openProject(caller: Caller, projectId: string, permission: Permission): Promise<ProjectScope> {
  const { db, principal } = openUser(caller);
  const open = (right: Permission) => projectScope(db, principal, projectId, right);
  return open(permission).catch((error) => refuse(error, permission, "project", () => open("project.read"), projectId));
}

/** @throws UNAUTHENTICATED, NOT_FOUND, FORBIDDEN; the last is remembered in the audit log */
export async function openThread(caller: Caller, threadId: string, permission: Permission): Promise<ThreadScope> {
  const { db, principal } = openUser(caller);
  const open = (right: Permission) => threadScope(db, principal, threadId, right);
  return open(permission).catch((error) => refuse(error, permission, "thread", () => open("thread.read"), threadId));
}

/** A refusal within the caller's reach; one outside it is NOT_FOUND and leaves no trace in a foreign workspace. */
async function refuse(
  error: unknown,
  permission: Permission,
  type: "workspace" | "project" | "thread",
  reach: () => Promise<WorkspaceScope | ProjectScope | ThreadScope>,
  id?: string,
): Promise<never> {
  if (error instanceof AppError && error.code === "FORBIDDEN") {
    const scope = await reach();
    await auditDenied(scope, { action: permission, resource: { type, id: id ?? scope.workspaceId } });
  }
  throw error;
}
