import { z } from "zod";

/** How a connection that a thread's commands asked for was decided. */
export const networkDecisionView = z.object({
  id: z.string(),
  at: z.date(),
  /** Of whose list: the agent's commands' or the setup script's. */
  list: z.enum(["commands", "setup"]),
  host: z.string(),
  port: z.number().int(),
  allowed: z.boolean(),
  /** Why it was refused: a stable code. */
  reason: z.string().nullable(),
  turnId: z.string().nullable(),
});
export type NetworkDecisionView = z.infer<typeof networkDecisionView>;

export const networkLogView = z.object({
  /** Newest first, 100 at most; for older ones ask with the last one's id as `before`. */
  decisions: z.array(networkDecisionView),
  /** How many more there were when the thread had all that are kept of it. */
  unlogged: z.number().int(),
});
export type NetworkLogView = z.infer<typeof networkLogView>;

export const networkLogInput = z.object({ before: z.string().optional() });
