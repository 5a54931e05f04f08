import { readEnvironment, setEnvironment, waitingThreads } from "@heddle/db/environment";
import { environmentView, setEnvironmentInput } from "@heddle/db/projects.schema";
import { projectProcedure } from "../../server/trpc.ts";

/** What the worktrees of a project find around them. */
export const environmentProcedures = {
  environment: projectProcedure("project.read")
    .meta({
      openapi: {
        method: "GET",
        path: "/projects/{projectId}/environment",
        summary: "Setup script, dev command and the hosts that may be reached",
      },
    })
    .output(environmentView)
    .query(({ ctx }) => readEnvironment(ctx.scope)),

  setEnvironment: projectProcedure("project.manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/projects/{projectId}/environment",
        summary: "Changes them; what is absent stays as it is",
      },
    })
    .input(setEnvironmentInput)
    .output(environmentView)
    .mutation(async ({ ctx, input }) => {
      const environment = await setEnvironment(ctx.scope, input);
      for (const threadId of await waitingThreads(ctx.scope)) ctx.runtime.workflows.pokeThread(threadId);
      return environment;
    }),
};
