import { createComment, removeComment } from "@heddle/db/comments";
import { commentInput } from "@heddle/db/comments.schema";
import { markRead } from "@heddle/db/reads";
import { z } from "zod";
import { threadProcedure } from "../../server/trpc.ts";

const done = z.object({});

/** What people do in a thread beside its agent: comments, who types, how far each has read. */
export const talkProcedures = {
  comment: threadProcedure("thread.comment")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/comments",
        summary: "Says something to the others in the thread; no model is told",
      },
    })
    .input(commentInput)
    .output(z.object({ itemId: z.string() }))
    .mutation(({ ctx, input }) => createComment(ctx.scope, input)),

  removeComment: threadProcedure("thread.comment")
    .input(z.object({ itemId: z.string() }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await removeComment(ctx.scope, input);
      return {};
    }),

  typing: threadProcedure("thread.comment")
    .input(z.object({ typing: z.boolean() }))
    .output(done)
    .mutation(({ ctx, input }) => {
      ctx.runtime.presence.setTyping(input.threadId, ctx.scope.principal.userId, input.typing);
      return {};
    }),

  markRead: threadProcedure("thread.read")
    .input(z.object({ seq: z.number().int().min(0).max(2_147_483_647) }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await markRead(ctx.scope, input);
      return {};
    }),
};
