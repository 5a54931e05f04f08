import { createdToken } from "@heddle/db/tokens.schema";
import { createWorkspace, getWorkspace, listWorkspaces } from "@heddle/db/workspaces";
import { createWorkspaceInput, workspaceView } from "@heddle/db/workspaces.schema";
import { z } from "zod";
import { router, userProcedure, workspaceProcedure } from "../../server/trpc.ts";

export const workspacesRouter = router({
  list: userProcedure
    .meta({ openapi: { method: "GET", path: "/workspaces", summary: "Workspaces that the caller has joined" } })
    .output(z.array(z.object({ id: z.string(), name: z.string() })))
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
    .input(createWorkspaceInput)
    .output(createdToken)
    .mutation(({ ctx, input }) => createWorkspace(ctx.scope, input)),
});
