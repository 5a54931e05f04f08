import type { Permission } from "@heddle/db/permissions";

/** The pages of the settings in order; without a permission everyone has them. */
export const sections = {
  account: { label: "Profile and sessions" },
  appearance: { label: "Appearance" },
  notifications: { label: "Notifications", permission: "inbox.own" },
  workspace: { label: "Workspace", permission: "workspace.read" },
  members: { label: "Members", permission: "member.read" },
  providers: { label: "Model providers", permission: "provider.read" },
  tokens: { label: "API tokens", permission: "token.own" },
  status: { label: "Status", permission: "status.read" },
  audit: { label: "Audit log", permission: "audit.read" },
} as const satisfies Record<string, { label: string; permission?: Permission }>;

export type Section = keyof typeof sections;

export function isSection(name: string): name is Section {
  return Object.hasOwn(sections, name);
}
