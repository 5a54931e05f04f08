import { z } from "zod";

export const fileDiff = z.object({
  path: z.string(),
  /** The former name of a renamed file. */
  oldPath: z.string().optional(),
  status: z.enum(["added", "modified", "deleted", "renamed"]),
  additions: z.number(),
  deletions: z.number(),
  binary: z.boolean(),
  /** Unified, with git's header; for a binary file the header alone. */
  patch: z.string(),
  /** The patch is cut after a whole line because the change is too large to show. */
  truncated: z.literal(true).optional(),
});

export const threadDiff = z.object({ files: z.array(fileDiff) });
export type ThreadDiff = z.infer<typeof threadDiff>;
