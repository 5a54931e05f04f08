import { z } from "zod";

/**
 * A machine that keeps worktrees. `live`: its worker renews its lease; `draining`: lives, but takes no new work;
 * `dead`: the lease has run out.
 */
export const hostStatus = z.object({
  id: z.string(),
  status: z.enum(["live", "draining", "dead"]),
  startedAt: z.date().nullable(),
  version: z.string().nullable(),
  leaseExpiresAt: z.date(),
  drainingAt: z.date().nullable(),
  /** The workspace's threads whose worktree is there, archived ones not counted. */
  threads: z.number(),
  /** Of these, threads with a running turn or a pending job. */
  busy: z.number(),
});
export type HostStatus = z.infer<typeof hostStatus>;

/** What somebody waits for: prompts, jobs and repositories that no worker has taken yet. */
export const queueStatus = z.object({
  name: z.enum(["prompts", "jobs", "repositories"]),
  waiting: z.number(),
  /** Since when the oldest of them waits. */
  oldestAt: z.date().nullable(),
});
export type QueueStatus = z.infer<typeof queueStatus>;

/**
 * Why a thread does not get on. `noHost`: no worker lives that could take it; `hostDead`: its host's lease has run out;
 * `notTaken`: its next prompt has not begun though a worker lives; `noProgress`: a turn runs and nothing has changed for
 * longer than any command may take; `waits`: a person must decide; `jobWaits`: a commit or an archive is not taken;
 * `failed`: its last turn failed.
 */
export const stuckReason = z.enum(["noHost", "hostDead", "notTaken", "noProgress", "waits", "jobWaits", "failed"]);
export type StuckReason = z.infer<typeof stuckReason>;

export const helpfulAction = z.enum(["open", "interrupt", "retry"]);
export type HelpfulAction = z.infer<typeof helpfulAction>;

export const stuckThread = z.object({
  threadId: z.string(),
  /** Absent for a private thread of somebody else; it cannot be opened then. */
  title: z.string().nullable(),
  project: z.object({ id: z.string(), name: z.string() }),
  startedBy: z.object({ id: z.string(), name: z.string() }),
  hostId: z.string().nullable(),
  reason: stuckReason,
  /** The reason as a sentence, with the code or name that helps. */
  message: z.string(),
  since: z.date(),
  /** What the caller may do about it, the most helpful first. */
  actions: z.array(helpfulAction),
});
export type StuckThread = z.infer<typeof stuckThread>;

/**
 * A provider of models, as its last request tells: nobody asks it for the sake of asking. `failed` stays until it answers
 * again; `unasked`: there was no request yet.
 */
export const providerStatus = z.object({
  name: z.string(),
  state: z.enum(["well", "failed", "unasked"]),
  at: z.date().nullable(),
  /** How it failed: `auth`, `rate_limited`, `server`, `cut` or `timeout`. */
  failure: z.string().nullable(),
});
export type ProviderStatus = z.infer<typeof providerStatus>;

export const statusView = z.object({
  /** When the rows were read. */
  at: z.date(),
  version: z.string(),
  parts: z.array(z.object({ name: z.enum(["postgres", "temporal", "worker", "model"]), ok: z.boolean() })),
  /** The workspace's own. */
  providers: z.array(providerStatus),
  hosts: z.array(hostStatus),
  queues: z.array(queueStatus),
  /** Longest first; at most 100. */
  stuck: z.array(stuckThread),
});
export type StatusView = z.infer<typeof statusView>;

export const drainHostInput = z.object({ hostId: z.string().min(1).max(300), draining: z.boolean() });
