import { z } from "zod";

const entrySchema = z.object({ name: z.string(), sizeBytes: z.number().int().nonnegative(), sha256: z.string() });

/** What a backup says of itself, in its last entry: one that was cut has none. */
export const manifestSchema = z.object({
  format: z.literal(1),
  heddleVersion: z.string(),
  /** When the rows were read; the files are of then or a little later. */
  takenAt: z.iso.datetime(),
  homeDir: z.string(),
  hostId: z.string().nullable(),
  /** Whether secrets.json is in it. */
  hasSecrets: z.boolean(),
  /** Sealed provider keys among the rows: without the secrets they cannot be opened. */
  sealedKeys: z.number().int(),
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  /** In the order in which they can be filled: whatever a table refers to comes before it. */
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()), rows: z.number().int() })),
  threads: z.number().int(),
  /** Threads with a turn or job under way or queued: they go on once the copy is started. */
  unfinished: z.number().int(),
  /** Threads whose files are in it as they were when the rows were read; those of the others come from their checkpoints. */
  worktrees: z.array(z.object({ threadId: z.string(), projectId: z.string() })),
  /** Threads whose archived files are in it. */
  archives: z.array(z.string()),
  entries: z.array(entrySchema),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ArchiveEntry = z.infer<typeof entrySchema>;

export const manifestName = "manifest.json";
