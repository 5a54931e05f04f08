import { interruptTurn } from "@heddle/db/interrupts";
import { resendTurn, retryTurn } from "@heddle/db/retry";
import { getThread } from "@heddle/db/threads";
import { sendTurnInput, threadView, turnView } from "@heddle/db/threads.schema";
import { editQueued, moveQueued, releaseQueued, removeQueued } from "@heddle/db/turn-queue";
import { listTurns, sendTurn } from "@heddle/db/turns";
import { editQueuedInput, moveQueuedInput, removeQueuedInput, resendInput, retryInput } from "@heddle/db/turns.schema";
import { z } from "zod";
import { threadProcedure } from "../../server/trpc.ts";

const sent = z.object({ turnId: z.string() });
const done = z.object({});

/** What people do with the turns of a thread; part of the threads' router. */
export const turnProcedures = {
  turns: threadProcedure("thread.read")
    .meta({
      openapi: {
        method: "GET",
        path: "/threads/{threadId}/turns",
        summary: "Turns, oldest first, then those that wait in the order in which they will run",
      },
    })
    .output(z.array(turnView))
    .query(({ ctx }) => listTurns(ctx.scope)),

  sendTurn: threadProcedure("thread.prompt")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/turns",
        summary: "A follow-up; while a turn runs it waits, or is taken in at the next step (`mode: steer`)",
      },
    })
    .input(sendTurnInput)
    .output(sent)
    .mutation(async ({ ctx, input }) => {
      const turn = await sendTurn(ctx.scope, input);
      ctx.runtime.workflows.pokeThread(input.threadId);
      return turn;
    }),

  interrupt: threadProcedure("thread.prompt")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/interrupt",
        summary: "Stops the running turn; prompts that wait behind it are held",
      },
    })
    .output(threadView)
    .mutation(async ({ ctx, input: { threadId } }) => {
      await interruptTurn(ctx.scope);
      ctx.runtime.workflows.pokeThread(threadId);
      return getThread(ctx.scope);
    }),

  retry: threadProcedure("thread.prompt")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/retry",
        summary: "Goes on with the last turn after it failed or was interrupted",
      },
    })
    .input(retryInput)
    .output(sent)
    .mutation(async ({ ctx, input }) => {
      const turn = await retryTurn(ctx.scope, input);
      ctx.runtime.workflows.pokeThread(input.threadId);
      return turn;
    }),

  resend: threadProcedure("thread.prompt")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/turns/{turnId}/resend",
        summary: "An edited prompt in place of that turn and all after it; may put the files back, too",
      },
    })
    .input(resendInput)
    .output(sent)
    .mutation(async ({ ctx, input }) => {
      const turn = await resendTurn(ctx.scope, input);
      ctx.runtime.workflows.pokeThread(input.threadId);
      return turn;
    }),

  editQueued: threadProcedure("thread.prompt")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/turns/{turnId}/edit",
        summary: "Changes a waiting prompt, its model or its mode; only who sent it may",
      },
    })
    .input(editQueuedInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await editQueued(ctx.scope, input);
      return {};
    }),

  moveQueued: threadProcedure("thread.prompt")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/turns/{turnId}/move",
        summary: "Puts a waiting prompt before another one, or at the end",
      },
    })
    .input(moveQueuedInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await moveQueued(ctx.scope, input);
      return {};
    }),

  removeQueued: threadProcedure("thread.prompt")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/threads/{threadId}/turns/{turnId}",
        summary: "Takes a waiting prompt back",
      },
    })
    .input(removeQueuedInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await removeQueued(ctx.scope, input);
      return {};
    }),

  releaseQueued: threadProcedure("thread.prompt")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/release",
        summary: "Lets the prompts run that an interrupt has held",
      },
    })
    .output(threadView)
    .mutation(async ({ ctx, input: { threadId } }) => {
      await releaseQueued(ctx.scope);
      ctx.runtime.workflows.pokeThread(threadId);
      return getThread(ctx.scope);
    }),
};
