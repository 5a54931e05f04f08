import { z } from "zod";

export const commentInput = z.object({
  text: z.string().trim().min(1, "Write a comment.").max(10_000, "The comment is too long."),
  /** Members whom the text names as `@name`. */
  mentions: z.array(z.string()).max(50).default([]),
});
export type CommentInput = z.output<typeof commentInput>;
