import { createProject, getProject, listProjects, requestFetch } from "@heddle/db/projects";
import { type CreateProjectInput, createProjectInput, projectView } from "@heddle/db/projects.schema";
import { z } from "zod";
import type { Env } from "../../env.ts";
import { projectProcedure, router, workspaceProcedure } from "../../server/trpc.ts";
import { readBranches } from "./branches.ts";
import { credentialOf } from "./credential.ts";
import { environmentProcedures } from "./environment-router.ts";
import { checkRemoteUrl, remoteProcedures } from "./remote-router.ts";
import { checkSource } from "./source.ts";

const branchList = z.object({
  defaultBranch: z.string().nullable(),
  branches: z.array(z.object({ name: z.string(), commit: z.string() })),
});

/** Where the repository is, checked. @throws what `checkSource` and `checkRemoteUrl` throw, CREDENTIAL_NOT_VALID */
async function sourceOf({ name, source, credential }: CreateProjectInput, env: Env) {
  const url =
    "url" in source
      ? await checkRemoteUrl(source.url, env.HEDDLE_ALLOWED_PRIVATE_HOSTS)
      : { scheme: "file" as const, path: source.path };
  if (url.scheme === "file") return { path: await checkSource(url.path, env) };
  return { url, credential: credentialOf(credential, url, name) };
}

export const projectsRouter = router({
  create: workspaceProcedure("project.create")
    .meta({
      openapi: { method: "POST", path: "/projects", summary: "Adds a repository by its path on the server or its URL" },
    })
    .input(createProjectInput)
    .output(projectView)
    .mutation(async ({ ctx, input }) => {
      const { runtime } = ctx;
      const source = await sourceOf(input, runtime.env);
      const project = await createProject(ctx.scope, runtime.secrets, { ...input, source });
      ctx.runtime.workflows.pokeProject(project.id);
      return project;
    }),

  list: workspaceProcedure("project.read")
    .meta({ openapi: { method: "GET", path: "/projects", summary: "Projects that the caller may see" } })
    .output(z.array(projectView))
    .query(({ ctx }) => listProjects(ctx.scope)),

  get: projectProcedure("project.read")
    .meta({ openapi: { method: "GET", path: "/projects/{projectId}", summary: "One project" } })
    .output(projectView)
    .query(({ ctx }) => getProject(ctx.scope)),

  branches: projectProcedure("project.read")
    .meta({ openapi: { method: "GET", path: "/projects/{projectId}/branches", summary: "Branches as last fetched" } })
    .output(branchList)
    .query(async ({ ctx }) => {
      const project = await getProject(ctx.scope);
      const branches = await readBranches(ctx.runtime, project);
      return { defaultBranch: project.defaultBranch, branches };
    }),

  fetch: projectProcedure("project.manage")
    .meta({ openapi: { method: "POST", path: "/projects/{projectId}/fetch", summary: "Fetches what is new upstream" } })
    .output(projectView)
    .mutation(async ({ ctx, input }) => {
      const project = await requestFetch(ctx.scope);
      ctx.runtime.workflows.pokeProject(input.projectId);
      return project;
    }),

  ...environmentProcedures,
  ...remoteProcedures,
});
