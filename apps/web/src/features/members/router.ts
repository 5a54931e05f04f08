import { getMemberRights } from "@heddle/db/member-rights";
import { memberRights } from "@heddle/db/member-rights.schema";
import { leaveWorkspace, listMembers, removeMember, setMemberRole } from "@heddle/db/members";
import { leaveInput, memberEnd, memberView, removeMemberInput, setMemberRoleInput } from "@heddle/db/members.schema";
import { createPasswordReset } from "@heddle/db/password-resets";
import { createdReset } from "@heddle/db/password-resets.schema";
import { z } from "zod";
import type { Runtime } from "../../server/runtime.ts";
import { router, workspaceProcedure } from "../../server/trpc.ts";

export const membersRouter = router({
  list: workspaceProcedure("member.read")
    .meta({ openapi: { method: "GET", path: "/members", summary: "People of the workspace, with their roles" } })
    .output(z.array(memberView))
    .query(({ ctx }) => listMembers(ctx.scope)),

  rights: workspaceProcedure("member.rights")
    .meta({
      openapi: { method: "GET", path: "/members/{userId}/rights", summary: "What a member may do, and why" },
    })
    .input(z.object({ userId: z.string() }))
    .output(memberRights)
    .query(({ ctx, input }) => getMemberRights(ctx.scope, input)),

  setRole: workspaceProcedure("member.manage")
    .meta({ openapi: { method: "POST", path: "/members/{userId}/role", summary: "Gives a member another role" } })
    .input(setMemberRoleInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await setMemberRole(ctx.scope, input);
      return {};
    }),

  remove: workspaceProcedure("member.manage")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/members/{userId}",
        summary: "Ends a membership: turns stop, tokens end, private threads go to `threadsTo` or to who removes",
      },
    })
    .input(removeMemberInput)
    .output(memberEnd)
    .mutation(async ({ ctx, input }) => {
      const ended = await removeMember(ctx.scope, input);
      return pokeAll(ctx.runtime, ended);
    }),

  leave: workspaceProcedure("member.leave")
    .input(leaveInput)
    .output(memberEnd)
    .mutation(async ({ ctx, input }) => {
      const ended = await leaveWorkspace(ctx.scope, input);
      return pokeAll(ctx.runtime, ended);
    }),

  /** A link by which the member sets a new password. */
  resetPassword: workspaceProcedure("member.manage")
    .meta({ secretAnswer: true })
    .input(z.object({ userId: z.string() }))
    .output(createdReset)
    .mutation(({ ctx, input }) => createPasswordReset(ctx.scope, input)),
});

/** Workflows of stopped turns look at their rows again. */
function pokeAll<T extends { threadIds: string[] }>({ workflows }: Runtime, ended: T): T {
  for (const threadId of ended.threadIds) workflows.pokeThread(threadId);
  return ended;
}
