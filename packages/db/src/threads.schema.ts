import { z } from "zod";

export const promptText = z
  .string()
  .trim()
  .min(1, "Write what the agent should do.")
  .max(200_000, "The prompt is too long.");
export const modelName = z
  .string()
  .max(300)
  .regex(/^[^/]+\/.+$/, 'Write the model as "provider/model".');

export const createThreadInput = z.object({
  prompt: promptText,
  model: modelName.optional(),
  title: z.string().trim().min(1).max(200).optional(),
  baseRef: z.string().trim().min(1).max(300).optional(),
  visibility: z.enum(["private", "shared"]).default("shared"),
});
export type CreateThreadInput = z.output<typeof createThreadInput>;

export const sendTurnInput = z.object({
  prompt: promptText,
  model: modelName.optional(),
  /** While a turn runs: wait for its end, or be taken in at its next step. */
  mode: z.enum(["queue", "steer"]).default("queue"),
});
export type SendTurnInput = z.input<typeof sendTurnInput>;

export const commitInput = z.object({
  message: z.string().trim().min(1).max(20_000).optional(),
});
export type CommitInput = z.output<typeof commitInput>;

export const threadView = z.object({
  id: z.string(),
  projectId: z.string(),
  title: z.string(),
  status: z.enum(["idle", "running", "waiting", "failed", "archived"]),
  visibility: z.enum(["private", "shared"]),
  model: z.string(),
  branch: z.string(),
  baseRef: z.string().nullable(),
  baseCommit: z.string().nullable(),
  headCommit: z.string().nullable(),
  lastCheckpoint: z.string().nullable(),
  archivedAt: z.date().nullable(),
  setupStatus: z.enum(["none", "asked", "running", "done", "failed", "skipped"]),
  filesModified: z.number(),
  additions: z.number(),
  deletions: z.number(),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number(), costUsd: z.number() }),
  createdBy: z.object({ id: z.string(), name: z.string() }),
  createdAt: z.date(),
  updatedAt: z.date(),
  /** Start of the running turn. */
  runningSince: z.date().nullable(),
  seq: z.number(),
});
export type ThreadView = z.infer<typeof threadView>;

export const turnView = z.object({
  id: z.string(),
  number: z.number(),
  status: z.enum(["queued", "running", "completed", "failed", "interrupted", "steered", "superseded"]),
  mode: z.enum(["queue", "steer"]),
  prompt: z.string(),
  model: z.string(),
  sender: z.object({ id: z.string(), name: z.string() }),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  finishedAt: z.date().nullable(),
  changed: z.boolean(),
});
export type TurnView = z.infer<typeof turnView>;
