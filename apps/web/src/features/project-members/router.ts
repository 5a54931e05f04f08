import {
  listProjectMembers,
  removeProjectMember,
  setProjectMember,
  setProjectVisibility,
} from "@heddle/db/project-members";
import { projectMembersView, setProjectMemberInput, setVisibilityInput } from "@heddle/db/project-members.schema";
import { z } from "zod";
import { projectProcedure, router } from "../../server/trpc.ts";

const done = z.object({});

export const projectMembersRouter = router({
  list: projectProcedure("project.read")
    .meta({
      openapi: {
        method: "GET",
        path: "/projects/{projectId}/members",
        summary: "Who sees the project, with which role",
      },
    })
    .output(projectMembersView)
    .query(({ ctx }) => listProjectMembers(ctx.scope)),

  set: projectProcedure("project.manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/projects/{projectId}/members/{userId}",
        summary: "Gives a member of the workspace a role in the project",
      },
    })
    .input(setProjectMemberInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await setProjectMember(ctx.scope, input);
      return {};
    }),

  remove: projectProcedure("project.manage")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/projects/{projectId}/members/{userId}",
        summary: "Takes a member's role in the project",
      },
    })
    .input(z.object({ userId: z.string() }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await removeProjectMember(ctx.scope, input);
      return {};
    }),

  setVisibility: projectProcedure("project.manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/projects/{projectId}/visibility",
        summary: "Opens the project to the workspace, or to those alone who have a role in it",
      },
    })
    .input(setVisibilityInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await setProjectVisibility(ctx.scope, input);
      return {};
    }),
});
