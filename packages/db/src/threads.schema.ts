import { z } from "zod";
import { permissionNames } from "./permissions.ts";

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

/** `run` agrees for the whole project, `skip` is for this thread alone. */
export const decideSetupInput = z.object({
  decision: z.enum(["run", "skip"]),
  requestId: z
    .string()
    .max(200)
    .optional()
    .describe("Item of the question that this answers; refused if another one is asked by now."),
});
export type DecideSetupInput = z.output<typeof decideSetupInput>;

/** A thread's dev command. `starting` until its port answers; `failed` when it ended by itself. */
export const devView = z.object({
  status: z.enum(["stopped", "starting", "running", "stopping", "failed"]),
  /** As it was started, else as the project has it now; null where there is none. */
  command: z.string().nullable(),
  /** Its log, of the last start. */
  itemId: z.string().nullable(),
  /** On the loopback of the worker's host; null while it does not run. */
  port: z.number().int().nullable(),
  url: z.string().nullable(),
});
export type DevView = z.infer<typeof devView>;

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
  /** Keeps the worktree; `null` before the first turn, and while the thread moves. */
  hostId: z.string().nullable(),
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
  /** Somebody has interrupted the running turn; it ends in a moment. */
  stopping: z.boolean(),
  /** Prompts that wait for the running turn, held ones included. */
  queuedTurns: z.number(),
  /** Rises with each change of the thread's turns: read them again then. */
  turnsVersion: z.number(),
  seq: z.number(),
  /** What the reader may do in it. */
  permissions: z.array(z.enum(permissionNames)),
  /** The last change that the reader has seen; `null` for a thread never opened. */
  readSeq: z.number().nullable(),
});
export type ThreadView = z.infer<typeof threadView>;

export const turnView = z.object({
  id: z.string(),
  number: z.number(),
  /**
   * `held`: was queued when the turn before it was interrupted, and waits until somebody lets the queue go on.
   * `steered`: taken in by the turn `intoTurnId`. `superseded`: an edited prompt has taken its place in the conversation;
   * its items stay readable.
   */
  status: z.enum(["queued", "held", "running", "completed", "failed", "interrupted", "steered", "superseded"]),
  /** Waits in the queue, so it may be edited, moved and removed; its prompt is no item yet. */
  waiting: z.boolean(),
  /** Of a failed or interrupted turn: it is the last one and the thread is at rest. */
  retryable: z.boolean(),
  mode: z.enum(["queue", "steer"]),
  prompt: z.string(),
  model: z.string(),
  sender: z.object({ id: z.string(), name: z.string() }),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  finishedAt: z.date().nullable(),
  interruptedAt: z.date().nullable(),
  interruptedBy: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** The turn that a steered prompt went into. */
  intoTurnId: z.string().nullable(),
  /** How often it was tried again. */
  retries: z.number(),
  changed: z.boolean(),
});
export type TurnView = z.infer<typeof turnView>;
