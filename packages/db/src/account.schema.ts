import { z } from "zod";
import { newPassword, personName } from "./accounts.schema.ts";

export const accountView = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  /** False for who signs in elsewhere, and so has no password to change. */
  hasPassword: z.boolean(),
  /** Where else the person can sign in. */
  identities: z.array(z.object({ id: z.string(), issuer: z.string(), createdAt: z.date() })),
});
export type AccountView = z.infer<typeof accountView>;

export const renameInput = z.object({ name: personName });

export const changePasswordInput = z.object({
  current: z.string().min(1, "Write your old password.").max(1_000),
  next: newPassword,
});
export type ChangePasswordInput = z.output<typeof changePasswordInput>;

export const sessionView = z.object({
  id: z.string(),
  /** Of the browser that signed in, as it calls itself. */
  userAgent: z.string().nullable(),
  ip: z.string().nullable(),
  createdAt: z.date(),
  /** To within a minute. */
  lastSeenAt: z.date(),
  expiresAt: z.date(),
  /** The one that asks. */
  current: z.boolean(),
});
export type SessionView = z.infer<typeof sessionView>;

export const revokeSessionsInput = z.object({
  /** One of them; all when absent. */
  sessionId: z.string().optional(),
  /** Of all, the one that asks stays. */
  keepCurrent: z.boolean().default(false),
});
export type RevokeSessionsInput = z.output<typeof revokeSessionsInput>;
