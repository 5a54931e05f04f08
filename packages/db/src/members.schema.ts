import { z } from "zod";
import { workspaceRoles } from "./permissions.ts";

export const memberView = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  role: z.enum(workspaceRoles),
  joinedAt: z.date(),
  /** What the asker may do: change the role or remove; never oneself. */
  manageable: z.boolean(),
});
export type MemberView = z.infer<typeof memberView>;

export const setMemberRoleInput = z.object({ userId: z.string(), role: z.enum(workspaceRoles) });
export type SetMemberRoleInput = z.output<typeof setMemberRoleInput>;

export const leaveInput = z.object({
  /** Who gets the private threads. */
  threadsTo: z.string().optional(),
});
export const removeMemberInput = leaveInput.extend({ userId: z.string() });
export type RemoveMemberInput = z.output<typeof removeMemberInput>;

/** What a membership's end has done. */
export const memberEnd = z.object({
  /** Private threads handed over. */
  threads: z.number(),
  /** Turns stopped, running and waiting. */
  turns: z.number(),
  /** Personal tokens revoked. */
  tokens: z.number(),
  /** Live tokens of bots that the member made: they go on, until somebody revokes them. */
  botTokens: z.number(),
});
export type MemberEnd = z.infer<typeof memberEnd>;
