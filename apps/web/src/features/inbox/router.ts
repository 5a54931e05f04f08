import { listInbox } from "@heddle/db/inbox";
import {
  handOnInboxInput,
  inboxItemInput,
  inboxItemView,
  listInboxInput,
  snoozeInboxInput,
} from "@heddle/db/inbox.schema";
import {
  claimInboxItem,
  finishInboxItem,
  releaseInboxItem,
  reopenInboxItem,
  snoozeInboxItem,
} from "@heddle/db/inbox-actions";
import { handOnInboxItem } from "@heddle/db/inbox-hand-on";
import { z } from "zod";
import { router, workspaceProcedure } from "../../server/trpc.ts";

const own = workspaceProcedure("inbox.own");
const nothing = z.object({});

export const inboxRouter = router({
  list: own
    .meta({ openapi: { method: "GET", path: "/inbox", summary: "What waits for the caller" } })
    .input(listInboxInput)
    .output(z.object({ items: z.array(inboxItemView) }))
    .query(async ({ ctx, input }) => ({ items: await listInbox(ctx.scope, input) })),

  claim: own
    .input(inboxItemInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await claimInboxItem(ctx.scope, input.itemId);
      return {};
    }),

  release: own
    .input(inboxItemInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await releaseInboxItem(ctx.scope, input.itemId);
      return {};
    }),

  handOn: own
    .input(handOnInboxInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await handOnInboxItem(ctx.scope, input);
      return {};
    }),

  snooze: own
    .input(snoozeInboxInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await snoozeInboxItem(ctx.scope, input);
      return {};
    }),

  done: own
    .meta({ openapi: { method: "POST", path: "/inbox/{itemId}/done", summary: "The caller is done with an item" } })
    .input(inboxItemInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await finishInboxItem(ctx.scope, input.itemId);
      return {};
    }),

  reopen: own
    .input(inboxItemInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await reopenInboxItem(ctx.scope, input.itemId);
      return {};
    }),
});
