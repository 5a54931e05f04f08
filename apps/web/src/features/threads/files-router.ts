import { listViewed, setViewed } from "@heddle/db/viewed";
import { patchHash, setViewedInput } from "@heddle/db/viewed.schema";
import { z } from "zod";
import { threadProcedure } from "../../server/trpc.ts";
import { fileLinesInput, threadDiff as threadDiffView, threadFiles as threadFilesView } from "./diff.schema.ts";
import { threadDiff, threadFileLines, threadFiles } from "./diff.ts";

/** What is in a thread's worktree, and what the thread changed there. */
export const fileProcedures = {
  diff: threadProcedure("thread.read")
    .meta({
      openapi: { method: "GET", path: "/threads/{threadId}/diff", summary: "Changes against the base, or of one turn" },
    })
    .input(z.object({ turnId: z.string().optional() }))
    .output(threadDiffView)
    .query(({ ctx, input }) => threadDiff(ctx.scope, ctx.runtime, input.turnId)),

  files: threadProcedure("thread.read")
    .meta({
      openapi: { method: "GET", path: "/threads/{threadId}/files", summary: "Paths of the worktree's files" },
    })
    .output(threadFilesView)
    .query(({ ctx }) => threadFiles(ctx.scope, ctx.runtime)),

  fileLines: threadProcedure("thread.read")
    .meta({
      openapi: { method: "GET", path: "/threads/{threadId}/lines", summary: "Lines of a file of the worktree" },
    })
    .input(fileLinesInput)
    .output(z.object({ lines: z.array(z.string()) }))
    .query(({ ctx, input }) => threadFileLines(ctx.scope, ctx.runtime, input)),

  /** What the caller has looked through. */
  viewed: threadProcedure("thread.read")
    .output(z.array(patchHash))
    .query(({ ctx }) => listViewed(ctx.scope)),

  setViewed: threadProcedure("thread.read")
    .input(setViewedInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await setViewed(ctx.scope, input);
      return {};
    }),
};
