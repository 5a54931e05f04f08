import { z } from "zod";
import { linkToken, newPassword } from "./accounts.schema.ts";

/** `token` is the last part of the link `/reset/<token>`; shown once. */
export const createdReset = z.object({ id: z.string(), token: z.string(), expiresAt: z.date() });

export const useResetInput = linkToken.extend({ password: newPassword });
