import type { AccessLevel } from "@heddle/db/explain-access";
import type { ProjectRights } from "@heddle/db/member-rights.schema";
import type { Permission, WorkspaceRole } from "@heddle/db/permissions";

/** Rights in a workspace that are worth a word: everybody may read it, leave it and make tokens for themselves. */
export const permissionLabel: Partial<Record<Permission, string>> = {
  "workspace.create": "make workspaces",
  "workspace.manage": "rename the workspace",
  "workspace.export": "export the workspace",
  "workspace.delete": "delete the workspace",
  "member.read": "see the members",
  "member.invite": "invite people",
  "member.manage": "change and remove members",
  "token.manage": "make tokens for bots",
  "provider.manage": "set up model providers",
  "project.create": "add projects",
  "status.read": "see the status",
  "host.manage": "drain hosts",
  "audit.read": "read the audit log",
};

export const levelLabel: Record<AccessLevel, string> = {
  none: "Nothing",
  read: "Read",
  comment: "Read and comment",
  work: "Work in threads",
  manage: "Manage and work",
};

/** Why somebody of a workspace role may do what the project's level says. */
export function whySentence(workspaceRole: WorkspaceRole, project: ProjectRights): string {
  const { reason, role, restricted } = project;
  switch (reason) {
    case "notNamed":
      return "Restricted, and not named in it";
    case "everyProject":
      return `Restricted; ${workspaceRole}s see every project`;
    case "workspaceRole":
      return `Open to the workspace; ${workspaceRole} there`;
    case "projectRole":
      return `Restricted; named as ${role}${workspaceRole === "viewer" ? ", but viewer of the workspace" : ""}`;
    case "raised":
      return `${restricted ? "Restricted; named" : "Named"} as ${role}, on top of ${workspaceRole} of the workspace`;
  }
}
