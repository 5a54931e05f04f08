import { z } from "zod";
import { emailAddress, linkToken, newPassword, personName } from "./accounts.schema.ts";
import { projectRoles, workspaceRoles } from "./permissions.ts";

const projectRole = z.object({ projectId: z.string(), role: z.enum(projectRoles) });

export const createInvitationInput = z.object({
  role: z.enum(workspaceRoles).default("member"),
  /** Roles that the newcomer gets in projects, restricted ones above all. */
  projects: z
    .array(projectRole)
    .max(100, "That are too many: 100 projects at most.")
    .refine((list) => new Set(list.map(({ projectId }) => projectId)).size === list.length, "Name each project once.")
    .default([]),
  /** Only whoever has this address may take it; anybody with the link when absent. */
  email: emailAddress.optional(),
  expiresInDays: z.number().int().min(1).max(30).default(7),
});
export type CreateInvitationInput = z.output<typeof createInvitationInput>;

/** `token` is the last part of the link `/join/<token>`; shown once. */
export const createdInvitation = z.object({ id: z.string(), token: z.string(), expiresAt: z.date() });

export const invitationView = z.object({
  id: z.string(),
  role: z.enum(workspaceRoles),
  projects: z.array(projectRole.extend({ name: z.string() })),
  email: z.string().nullable(),
  invitedBy: z.object({ id: z.string(), name: z.string() }),
  createdAt: z.date(),
  expiresAt: z.date(),
});
export type InvitationView = z.infer<typeof invitationView>;

/** What whoever has the link may know before joining. */
export const invitationOffer = z.object({
  workspace: z.string(),
  inviter: z.string(),
  role: z.enum(workspaceRoles),
  /** Whether it is for one address, which is not told. */
  addressed: z.boolean(),
});
export type InvitationOffer = z.infer<typeof invitationOffer>;

export const joinInput = linkToken.extend({ name: personName, email: emailAddress, password: newPassword });
export type JoinInput = z.output<typeof joinInput>;

export const joined = z.object({ workspaceId: z.string() });
