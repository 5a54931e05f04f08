import { type Permission, projectAllows, type Standing, type WorkspaceRole } from "./permissions.ts";

/** How far somebody's rights in a project go; each holds those before it. */
export const accessLevels = ["none", "read", "comment", "work", "manage"] as const;
export type AccessLevel = (typeof accessLevels)[number];

/**
 * Where they come from: the role in the workspace, in an open project or (`everyProject`) also in those that are
 * restricted; the role in the project, needed because it is restricted or (`raised`) on top of the one in the workspace;
 * or, for none, that the project is restricted and the member not named in it.
 */
export const accessReasons = ["workspaceRole", "everyProject", "projectRole", "raised", "notNamed"] as const;
export type AccessReason = (typeof accessReasons)[number];

/** What a member may do in a project, and why, by the table of permissions alone. @param role the workspace role */
export function explainAccess(role: WorkspaceRole, standing: Standing): { level: AccessLevel; reason: AccessReason } {
  const level = levelOf(role, standing);
  return { level, reason: reasonOf(role, standing, level) };
}

function reasonOf(role: WorkspaceRole, standing: Standing, level: AccessLevel): AccessReason {
  const byRoleAlone = (restricted: boolean) => levelOf(role, { restricted, role: null });
  if (level === "none") return "notNamed";
  if (accessLevels.indexOf(level) > accessLevels.indexOf(byRoleAlone(false))) return "raised";
  if (!standing.restricted) return "workspaceRole";
  return byRoleAlone(true) === level ? "everyProject" : "projectRole";
}

const marks: [AccessLevel, Permission][] = [
  ["manage", "project.manage"],
  ["work", "thread.prompt"],
  ["comment", "thread.comment"],
  ["read", "project.read"],
];

function levelOf(role: WorkspaceRole, standing: Standing): AccessLevel {
  if (!projectAllows(role, standing, "project.read")) return "none";
  return marks.find(([, permission]) => projectAllows(role, standing, permission))?.[0] ?? "none";
}
