import { z } from "zod";
import { modelName, promptText } from "./threads.schema.ts";

/** At least one of the three; the rest stays as it is. */
export const editQueuedInput = z.object({
  turnId: z.string(),
  prompt: promptText.optional(),
  model: modelName.optional(),
  /** `steer` on a queued prompt: be taken in at the running turn's next step instead of waiting for its end. */
  mode: z.enum(["queue", "steer"]).optional(),
});
export type EditQueuedInput = z.output<typeof editQueuedInput>;

export const moveQueuedInput = z.object({
  turnId: z.string(),
  /** The queued turn to stand before; `null` for the end of the queue. */
  before: z.string().nullable(),
});
export type MoveQueuedInput = z.output<typeof moveQueuedInput>;

export const removeQueuedInput = z.object({ turnId: z.string() });

export const retryInput = z.object({
  /** Another model than before, such as when that one has failed. */
  model: modelName.optional(),
});
export type RetryInput = z.output<typeof retryInput>;

export const resendInput = z.object({
  /** The turn whose prompt is edited; it and all later ones leave the conversation. */
  turnId: z.string(),
  prompt: promptText,
  model: modelName.optional(),
  /** Put the files back to what they were before that turn; otherwise they stay as they are. */
  restoreFiles: z.boolean().default(false),
});
export type ResendInput = z.input<typeof resendInput>;
