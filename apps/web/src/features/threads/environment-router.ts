import { readDev, startDev, stopDev } from "@heddle/db/dev-servers";
import { waitingThreads } from "@heddle/db/environment";
import { decideSetup, retrySetup } from "@heddle/db/setup";
import { getThread } from "@heddle/db/threads";
import { decideSetupInput, devView, threadView } from "@heddle/db/threads.schema";
import { threadProcedure } from "../../server/trpc.ts";

/** What surrounds the agent in a thread's worktree: the setup script and the dev command. */
export const environmentProcedures = {
  decideSetup: threadProcedure("thread.prompt")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/setup",
        summary: "Agrees to the project's setup script, or lets the thread do without",
      },
    })
    .input(decideSetupInput)
    .output(threadView)
    .mutation(async ({ ctx, input: { threadId, ...input } }) => {
      await decideSetup(ctx.scope, input);
      const others = input.decision === "run" ? await waitingThreads(ctx.scope) : [];
      for (const id of new Set([threadId, ...others])) ctx.runtime.workflows.pokeThread(id);
      return getThread(ctx.scope);
    }),

  retrySetup: threadProcedure("thread.prompt")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/setup/retry",
        summary: "Runs the setup script again: at once after a failure, else before the next turn",
      },
    })
    .output(threadView)
    .mutation(async ({ ctx, input: { threadId } }) => {
      await retrySetup(ctx.scope);
      ctx.runtime.workflows.pokeThread(threadId);
      return getThread(ctx.scope);
    }),

  dev: threadProcedure("thread.read")
    .meta({
      openapi: { method: "GET", path: "/threads/{threadId}/dev", summary: "The dev command and where it answers" },
    })
    .output(devView)
    .query(({ ctx }) => readDev(ctx.scope)),

  startDev: threadProcedure("thread.prompt")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/dev",
        summary: "Runs the project's dev command in the thread's sandbox",
      },
    })
    .output(devView)
    .mutation(({ ctx }) => startDev(ctx.scope)),

  stopDev: threadProcedure("thread.prompt")
    .meta({
      openapi: { method: "DELETE", path: "/threads/{threadId}/dev", summary: "Ends the dev command" },
    })
    .output(devView)
    .mutation(({ ctx }) => stopDev(ctx.scope)),
};
