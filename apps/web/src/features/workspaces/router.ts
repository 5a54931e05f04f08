import { deleteWorkspace } from "@heddle/db/delete-workspace";
import { createWorkspace, getWorkspace, listWorkspaces, renameWorkspace } from "@heddle/db/workspaces";
import {
  createdWorkspace,
  deleteWorkspaceInput,
  joinedWorkspace,
  workspaceNameInput,
  workspaceView,
} from "@heddle/db/workspaces.schema";
import { z } from "zod";
import { router, userProcedure, workspaceProcedure } from "../../server/trpc.ts";

export const workspacesRouter = router({
  list: userProcedure
    .meta({ openapi: { method: "GET", path: "/workspaces", summary: "Workspaces that the caller has joined" } })
    .output(z.array(joinedWorkspace))
    .query(({ ctx }) => listWorkspaces(ctx.scope)),

  current: workspaceProcedure("workspace.read")
    .meta({
      openapi: { method: "GET", path: "/workspace", summary: "The workspace, and what the caller may do there" },
    })
    .output(workspaceView)
    .query(({ ctx }) => getWorkspace(ctx.scope)),

  create: workspaceProcedure("workspace.create")
    .meta({
      openapi: { method: "POST", path: "/workspaces", summary: "A further workspace, with an owner's token for it" },
      secretAnswer: true,
    })
    .input(workspaceNameInput)
    .output(createdWorkspace)
    .mutation(({ ctx, input }) => createWorkspace(ctx.scope, input)),

  rename: workspaceProcedure("workspace.manage")
    .meta({ openapi: { method: "POST", path: "/workspace", summary: "Gives the workspace another name" } })
    .input(workspaceNameInput)
    .output(workspaceView)
    .mutation(async ({ ctx, input }) => {
      await renameWorkspace(ctx.scope, input);
      return getWorkspace(ctx.scope);
    }),

  /** For good; done in the browser, signed in. */
  delete: workspaceProcedure("workspace.delete")
    .input(deleteWorkspaceInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      const { threadIds } = await deleteWorkspace(ctx.scope, input);
      for (const threadId of threadIds) ctx.runtime.workflows.pokeThread(threadId);
      return {};
    }),
});
