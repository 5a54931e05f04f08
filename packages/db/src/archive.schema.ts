import { z } from "zod";

export const archiveInput = z.object({
  /** Files that git ignores (dependencies, caches, local settings) come back with the rest; else they are removed for good. */
  keepIgnored: z.boolean().default(true),
});
export type ArchiveInput = z.output<typeof archiveInput>;

/** What a thread's row remembers of its archive; sizes in bytes. */
export const archiveManifest = z.object({
  /** The job that made it: names the folder that holds the file. */
  id: z.string(),
  /** The host that has the file. */
  hostId: z.string(),
  /** Where the thread stood, and stands again once restored. */
  status: z.enum(["idle", "failed"]),
  keepIgnored: z.boolean(),
  /** `null` when the host had nothing that the last checkpoint lacks: no worktree was ever made there. */
  file: z
    .object({
      sizeBytes: z.number(),
      sha256: z.string(),
      /** Of the uncompressed stream: worktrees with the same entries, modes and contents have the same. */
      contentSha256: z.string(),
      /** Everything but folders. */
      files: z.number(),
      contentBytes: z.number(),
    })
    .nullable(),
});
export type ArchiveManifest = z.infer<typeof archiveManifest>;
