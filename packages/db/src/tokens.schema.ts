import { z } from "zod";
import { workspaceRoles } from "./permissions.ts";

export const createTokenInput = z.object({
  role: z.enum(workspaceRoles),
  workspaceId: z.string().optional(),
  name: z.string().trim().min(1).max(100).optional(),
});
export type CreateTokenInput = z.output<typeof createTokenInput>;

export const createdToken = z.object({ id: z.string(), token: z.string() });

export const tokenView = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(workspaceRoles),
  prefix: z.string(),
  /** True when it acts as the person who made it, false for a bot of its own. */
  personal: z.boolean(),
  createdAt: z.date(),
  lastUsedAt: z.date().nullable(),
});
export type TokenView = z.infer<typeof tokenView>;
