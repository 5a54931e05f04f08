import { handOver } from "@heddle/db/hand-over";
import { getSharing, removeThreadMember, setThreadMember, setThreadVisibility } from "@heddle/db/sharing";
import {
  type SharingChanged,
  setThreadMemberInput,
  setThreadVisibilityInput,
  sharingChanged,
  sharingView,
} from "@heddle/db/sharing.schema";
import { z } from "zod";
import type { Runtime } from "../../server/runtime.ts";
import { router, threadProcedure } from "../../server/trpc.ts";

const member = z.object({ userId: z.string() });

/** Turns that were stopped are looked at by their workflow at once. */
function poked({ workflows }: Runtime, threadId: string, changed: SharingChanged): SharingChanged {
  if (changed.turns > 0) workflows.pokeThread(threadId);
  return changed;
}

export const sharingRouter = router({
  get: threadProcedure("thread.read")
    .meta({
      openapi: {
        method: "GET",
        path: "/threads/{threadId}/members",
        summary: "Who sees the thread, and who may do what",
      },
    })
    .output(sharingView)
    .query(({ ctx }) => getSharing(ctx.scope)),

  setVisibility: threadProcedure("thread.share")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/visibility",
        summary: "Opens the thread to everybody who sees the project, or to those alone who have a right in it",
      },
    })
    .input(setThreadVisibilityInput)
    .output(sharingChanged)
    .mutation(async ({ ctx, input }) =>
      poked(ctx.runtime, input.threadId, await setThreadVisibility(ctx.scope, input)),
    ),

  setMember: threadProcedure("thread.share")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/members/{userId}",
        summary: "Gives a member a right in the thread",
      },
    })
    .input(setThreadMemberInput)
    .output(sharingChanged)
    .mutation(async ({ ctx, input }) => poked(ctx.runtime, input.threadId, await setThreadMember(ctx.scope, input))),

  removeMember: threadProcedure("thread.share")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/threads/{threadId}/members/{userId}",
        summary: "Takes a member's right in the thread",
      },
    })
    .input(member)
    .output(sharingChanged)
    .mutation(async ({ ctx, input }) => poked(ctx.runtime, input.threadId, await removeThreadMember(ctx.scope, input))),

  handOver: threadProcedure("thread.share")
    .meta({
      openapi: {
        method: "POST",
        path: "/threads/{threadId}/hand-over",
        summary: "Makes the thread somebody else's",
      },
    })
    .input(member)
    .output(sharingChanged)
    .mutation(async ({ ctx, input }) => poked(ctx.runtime, input.threadId, await handOver(ctx.scope, input))),
});
