/**
 * Door 1, the table: which role may do what. The server refuses by it and the interface hides by it.
 * `workspace` lists workspace roles. `project` lists the project roles that a restricted project asks for in addition;
 * owners and admins pass every restricted project, auditors pass for reading. `raised` lists workspace roles that do not
 * have the right, and get it where one of those project roles is theirs, in a restricted project or an open one.
 */
export const workspaceRoles = ["owner", "admin", "member", "viewer", "auditor"] as const;
export type WorkspaceRole = (typeof workspaceRoles)[number];

export const projectRoles = ["maintainer", "contributor", "reviewer", "viewer"] as const;
export type ProjectRole = (typeof projectRoles)[number];

/** What can be given to a named member of one thread; each holds those before it. */
export const threadRights = ["view", "comment", "steer"] as const;
export type ThreadRight = (typeof threadRights)[number];

type Rule = {
  workspace: readonly WorkspaceRole[];
  project?: readonly ProjectRole[];
  raised?: readonly WorkspaceRole[];
};

const everyone = workspaceRoles;
const makers = ["owner", "admin", "member"] as const;
const admins = ["owner", "admin"] as const;

export const permissions = {
  "workspace.read": { workspace: everyone },
  "workspace.create": { workspace: ["owner"] },
  "workspace.manage": { workspace: admins },
  "workspace.export": { workspace: ["owner", "auditor"] },
  "workspace.delete": { workspace: ["owner"] },
  "member.read": { workspace: everyone },
  "member.invite": { workspace: admins },
  "member.manage": { workspace: admins },
  "member.rights": { workspace: ["owner", "admin", "auditor"] },
  "member.leave": { workspace: everyone },
  "token.manage": { workspace: ["owner"] },
  "token.own": { workspace: everyone },
  "inbox.own": { workspace: everyone },
  "provider.read": { workspace: everyone },
  "provider.manage": { workspace: admins },
  "project.create": { workspace: admins },
  "project.read": { workspace: everyone, project: projectRoles },
  "project.manage": { workspace: admins, project: ["maintainer"], raised: ["member"] },
  "thread.create": { workspace: makers, project: ["maintainer", "contributor"] },
  "thread.read": { workspace: everyone, project: projectRoles },
  "thread.comment": { workspace: makers, project: ["maintainer", "contributor", "reviewer"] },
  "thread.prompt": { workspace: makers, project: ["maintainer", "contributor"] },
  "thread.commit": { workspace: makers, project: ["maintainer", "contributor"] },
  "thread.push": { workspace: makers, project: ["maintainer", "contributor"] },
  "thread.archive": { workspace: makers, project: ["maintainer", "contributor"] },
  "thread.delete": { workspace: makers, project: ["maintainer", "contributor"] },
  "thread.share": { workspace: makers, project: ["maintainer", "contributor"] },
  "status.read": { workspace: ["owner", "admin", "auditor"] },
  "host.manage": { workspace: ["owner"] },
  "audit.read": { workspace: ["owner", "admin", "auditor"] },
} as const satisfies Record<string, Rule>;

export type Permission = keyof typeof permissions;

export const permissionNames = Object.keys(permissions) as [Permission, ...Permission[]];

/** Those that are asked on a project or a thread. */
export const projectPermissionNames = permissionNames.filter((name) => "project" in permissions[name]);

/** Those that are asked on a thread. */
export const threadPermissionNames = projectPermissionNames.filter(
  (name) => name.startsWith("thread.") && name !== "thread.create",
);

/** A member's place in a project. @property role the one given in it, `null` for none */
export type Standing = { restricted: boolean; role: ProjectRole | null };

/** Whether a workspace role alone may do this (in a project that is not restricted). */
export function roleAllows(role: WorkspaceRole, permission: Permission): boolean {
  return (permissions[permission].workspace as readonly WorkspaceRole[]).includes(role);
}

/** Whether a member may do this in a project. @param role the workspace role */
export function projectAllows(role: WorkspaceRole, standing: Standing, permission: Permission): boolean {
  const { project = [], raised = [] }: Rule = permissions[permission];
  const named = standing.role !== null && project.includes(standing.role);
  if (!roleAllows(role, permission)) return named && raised.includes(role);
  return named || !standing.restricted || role === "owner" || role === "admin" || role === "auditor";
}

/** A member's place in a thread. @property own whether it is theirs. @property right the one given in it, `null` for none */
export type ThreadPlace = Standing & { private: boolean; own: boolean; right: ThreadRight | null };

/** What a right in a thread gives to a member whose role in the project would not. */
const givenBy: Record<ThreadRight, readonly Permission[]> = {
  view: ["thread.read"],
  comment: ["thread.read", "thread.comment"],
  steer: ["thread.read", "thread.comment", "thread.prompt", "thread.commit", "thread.share"],
};

/**
 * Whether a member may do this in a thread, which takes that they see its project. In a shared one a right given there comes on top
 * of the role in the project; another's private one is for auditors' eyes and for those who were given a right in it, who
 * do no more than the right says. Never more than the role in the workspace allows. @param role the workspace role
 */
export function threadAllows(role: WorkspaceRole, place: ThreadPlace, permission: Permission): boolean {
  const { own, right } = place;
  const foreign = place.private && !own;
  if (!projectAllows(role, place, "project.read")) return false;
  if (permission === "thread.delete" && !own && role !== "owner" && role !== "admin") return false;
  if (permission === "thread.share" && !own && (foreign || !projectAllows(role, place, "project.manage"))) return false;
  if (right !== null && givenBy[right].includes(permission) && roleAllows(role, permission)) return true;
  if (foreign && right !== "steer") return role === "auditor" && projectAllows(role, place, permission);
  return projectAllows(role, place, permission);
}

/**
 * The roles that a role may give, and whose bearers it may change, remove and let set a new password. An auditor reads
 * what admins may not, so only an owner makes one.
 */
export function rolesBelow(role: WorkspaceRole): readonly WorkspaceRole[] {
  if (role === "owner") return workspaceRoles;
  return role === "admin" ? ["admin", "member", "viewer"] : [];
}

/** What the lower of two roles may do is what both may do: caps a token's role by its owner's. */
export function lowerRole(a: WorkspaceRole, b: WorkspaceRole): WorkspaceRole {
  const order: readonly WorkspaceRole[] = ["owner", "admin", "member", "viewer"];
  if (a === b) return a;
  if (a === "auditor") return b === "owner" || b === "admin" ? "auditor" : "viewer";
  if (b === "auditor") return lowerRole(b, a);
  return order[Math.max(order.indexOf(a), order.indexOf(b))] ?? "viewer";
}
