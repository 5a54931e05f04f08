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
  /** SHA-256 of the patch: another one once the file has changed. */
  hash: z.string(),
  /** The patch is cut after a whole line because the change is too large to show. */
  truncated: z.literal(true).optional(),
});

export const threadDiff = z.object({ files: z.array(fileDiff) });
export type ThreadDiff = z.infer<typeof threadDiff>;

/** The paths of a worktree; `truncated` where there are more than can be listed. */
export const threadFiles = z.object({ files: z.array(z.string()), truncated: z.boolean() });
export type ThreadFiles = z.infer<typeof threadFiles>;

const lineNumber = z.coerce.number().int().min(1).max(10_000_000);

/** Lines `from` (the first is 1) up to and without `to`, of a file as the thread or one of its turns left it. */
export const fileLinesInput = z.object({
  turnId: z.string().optional(),
  path: z.string().min(1).max(4_096),
  from: lineNumber,
  to: lineNumber,
});
export type FileLinesInput = z.infer<typeof fileLinesInput>;
