import { requestArchive, requestRemove, requestRestore } from "@heddle/db/archive";
import { archiveInput } from "@heddle/db/archive.schema";
import { AppError } from "@heddle/db/errors";
import { getThread } from "@heddle/db/threads";
import { threadView } from "@heddle/db/threads.schema";
import { z } from "zod";
import { threadProcedure } from "../../server/trpc.ts";
import { jobOutput } from "./job.ts";

/** Setting a thread aside, bringing it back, deleting it. Each waits until a worker has done it. */
export const archiveProcedures = {
  archive: threadProcedure("thread.archive")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/archive",
        summary: "Sets the worktree aside, verified, until the thread is restored",
      },
    })
    .input(archiveInput)
    .output(threadView)
    .mutation(async ({ ctx, input: { threadId, keepIgnored } }) => {
      const { jobId } = await requestArchive(ctx.scope, { keepIgnored });
      ctx.runtime.workflows.pokeThread(threadId);
      const late = "The archive is not made yet. It goes on by itself: look at the thread in a moment.";
      await jobOutput(ctx.scope, ctx.runtime.hub, jobId, late);
      return getThread(ctx.scope);
    }),

  restore: threadProcedure("thread.archive")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/restore",
        summary: "Brings an archived thread back as it was",
      },
    })
    .output(threadView)
    .mutation(async ({ ctx, input: { threadId } }) => {
      const { jobId } = await requestRestore(ctx.scope);
      ctx.runtime.workflows.pokeThread(threadId);
      const late = "The files are not back yet. It goes on by itself: look at the thread in a moment.";
      await jobOutput(ctx.scope, ctx.runtime.hub, jobId, late);
      return getThread(ctx.scope);
    }),

  remove: threadProcedure("thread.delete")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/threads/{threadId}",
        summary: "Deletes the thread for good, with its branch, files and conversation",
      },
    })
    .output(z.object({}))
    .mutation(async ({ ctx, input: { threadId } }) => {
      const { jobId } = await requestRemove(ctx.scope);
      ctx.runtime.workflows.pokeThread(threadId);
      const late = "The thread is not deleted yet. It goes on by itself.";
      await jobOutput(ctx.scope, ctx.runtime.hub, jobId, late).catch(alreadyGone);
      return {};
    }),
};

/** The job goes with its thread. */
function alreadyGone(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== "NOT_FOUND") throw error;
}
