import { listItems } from "@heddle/db/items";
import { itemView, listItemsInput } from "@heddle/db/items.schema";
import { requestCommit, requestCommitMessage, requestPush } from "@heddle/db/jobs";
import { createThread, getThread, listThreads, listWorkspaceThreads } from "@heddle/db/threads";
import { commitInput, createThreadInput, threadView } from "@heddle/db/threads.schema";
import { z } from "zod";
import { projectProcedure, router, threadProcedure, workspaceProcedure } from "../../server/trpc.ts";
import { archiveProcedures } from "./archive-router.ts";
import { environmentProcedures } from "./environment-router.ts";
import { fileProcedures } from "./files-router.ts";
import { jobOutput } from "./job.ts";
import { networkProcedures } from "./network-router.ts";
import { talkProcedures } from "./talk-router.ts";
import { turnProcedures } from "./turns-router.ts";

const committed = z.object({ commit: z.string(), branch: z.string() });
const pushed = z.object({ remote: z.string(), branch: z.string(), commit: z.string() });
const suggested = z.object({ message: z.string() });

export const threadsRouter = router({
  create: projectProcedure("thread.create")
    .meta({
      openapi: {
        method: "POST",
        path: "/projects/{projectId}/threads",
        summary: "Starts a thread; it works on by itself",
      },
    })
    .input(createThreadInput)
    .output(threadView)
    .mutation(async ({ ctx, input }) => {
      const thread = await createThread(ctx.scope, input);
      ctx.runtime.workflows.pokeThread(thread.id);
      return thread;
    }),

  list: projectProcedure("thread.read")
    .meta({
      openapi: { method: "GET", path: "/projects/{projectId}/threads", summary: "Threads of a project, newest first" },
    })
    .output(z.array(threadView))
    .query(({ ctx }) => listThreads(ctx.scope)),

  listAll: workspaceProcedure("thread.read")
    .meta({ openapi: { method: "GET", path: "/threads", summary: "Threads of the workspace, newest first" } })
    .output(z.array(threadView))
    .query(({ ctx }) => listWorkspaceThreads(ctx.scope)),

  get: threadProcedure("thread.read")
    .meta({ openapi: { method: "GET", path: "/threads/{threadId}", summary: "One thread" } })
    .output(threadView)
    .query(({ ctx }) => getThread(ctx.scope)),

  items: threadProcedure("thread.read")
    .meta({
      openapi: {
        method: "GET",
        path: "/threads/{threadId}/items",
        summary: "Items changed since `after`, in order of creation",
      },
    })
    .input(listItemsInput)
    .output(z.object({ items: z.array(itemView) }))
    .query(({ ctx, input }) => listItems(ctx.scope, input)),

  ...networkProcedures,
  ...turnProcedures,
  ...talkProcedures,

  ...fileProcedures,

  commit: threadProcedure("thread.commit")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/commit",
        summary: "Commits the worktree to the thread's branch",
      },
    })
    .input(commitInput)
    .output(committed)
    .mutation(async ({ ctx, input: { threadId, message } }) => {
      const { jobId } = await requestCommit(ctx.scope, { message });
      ctx.runtime.workflows.pokeThread(threadId);
      const late = "The commit is not made yet. It goes on by itself: look at the thread in a moment.";
      return committed.parse(await jobOutput(ctx.scope, ctx.runtime.hub, jobId, late));
    }),

  push: threadProcedure("thread.push")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/push",
        summary: "Sends the thread's branch, as committed last, to the project's repository; never by force",
      },
    })
    .output(pushed)
    .mutation(async ({ ctx, input: { threadId } }) => {
      const { jobId } = await requestPush(ctx.scope);
      ctx.runtime.workflows.pokeThread(threadId);
      const late = "The branch is not sent yet. It goes on by itself: look at the remote in a while.";
      return pushed.parse(await jobOutput(ctx.scope, ctx.runtime.hub, jobId, late));
    }),

  suggestMessage: threadProcedure("thread.commit")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/commit-message",
        summary: "A commit message by the thread's model",
      },
    })
    .output(suggested)
    .mutation(async ({ ctx, input: { threadId } }) => {
      const { jobId } = await requestCommitMessage(ctx.scope);
      ctx.runtime.workflows.pokeThread(threadId);
      const late = "The model has not answered yet. Write the message yourself, or try again.";
      return suggested.parse(await jobOutput(ctx.scope, ctx.runtime.hub, jobId, late));
    }),

  ...archiveProcedures,

  ...environmentProcedures,
});
