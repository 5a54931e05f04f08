import { networkLog } from "@heddle/db/network-decisions";
import { networkLogInput, networkLogView } from "@heddle/db/network-decisions.schema";
import { threadProcedure } from "../../server/trpc.ts";

/** What a thread's commands asked to reach, and what became of it. */
export const networkProcedures = {
  network: threadProcedure("thread.read")
    .meta({
      openapi: {
        method: "GET",
        path: "/threads/{threadId}/network",
        summary: "Connections that the thread's commands asked for, newest first",
      },
    })
    .input(networkLogInput)
    .output(networkLogView)
    .query(({ ctx, input }) => networkLog(ctx.scope, input)),
};
