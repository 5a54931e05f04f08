import { z } from "zod";

/**
 * What travels over PostgreSQL's NOTIFY on channel `heddle`. A hint may be lost: whoever listens heals by reading rows.
 * `thread`: rows of a thread changed up to `seq`. `delta`: text appended to a running item at `offset` (UTF-16 units) of
 * `attempt`. `job`: a thread job ended. `network`: a thread's log of connections grew. `workspace`: lists of a workspace changed.
 * `inbox`: the inboxes of some of its members changed.
 * Of web processes to each other: `presence`: over its connection `c`, a user looks at a thread or has left; `typing`;
 * `whoIsHere`: each is to say so again.
 */
export const hintSchema = z.discriminatedUnion("k", [
  z.object({ k: z.literal("thread"), w: z.string(), t: z.string(), seq: z.number() }),
  z.object({
    k: z.literal("delta"),
    t: z.string(),
    i: z.string(),
    attempt: z.number(),
    offset: z.number(),
    text: z.string(),
  }),
  z.object({ k: z.literal("job"), t: z.string(), j: z.string() }),
  z.object({ k: z.literal("network"), t: z.string() }),
  z.object({ k: z.literal("workspace"), w: z.string() }),
  z.object({ k: z.literal("inbox"), w: z.string(), u: z.array(z.string()) }),
  z.object({ k: z.literal("presence"), t: z.string(), c: z.string(), u: z.string(), n: z.string(), here: z.boolean() }),
  z.object({ k: z.literal("typing"), t: z.string(), u: z.string(), on: z.boolean() }),
  z.object({ k: z.literal("whoIsHere"), t: z.string() }),
]);

export type Hint = z.infer<typeof hintSchema>;
export const hintChannel = "heddle";
