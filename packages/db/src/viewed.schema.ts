import { z } from "zod";

/** SHA-256 of a file's patch, in hexadecimal: another one once the file has changed. */
export const patchHash = z.string().regex(/^[0-9a-f]{64}$/);

export const setViewedInput = z.object({ hash: patchHash, viewed: z.boolean() });
export type SetViewedInput = z.infer<typeof setViewedInput>;
