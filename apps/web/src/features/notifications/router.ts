import { readNotifications, writeNotifications } from "@heddle/db/notifications";
import { notificationSettings } from "@heddle/db/notifications.schema";
import { z } from "zod";
import { router, workspaceProcedure } from "../../server/trpc.ts";

export const notificationsRouter = router({
  get: workspaceProcedure("inbox.own")
    .output(
      z.object({
        /** Whether this server sends e-mails at all. */
        sendsEmail: z.boolean(),
        /** `null` until something was chosen. */
        settings: notificationSettings.nullable(),
      }),
    )
    .query(async ({ ctx }) => ({
      sendsEmail: ctx.runtime.env.HEDDLE_EMAIL,
      settings: await readNotifications(ctx.scope),
    })),

  set: workspaceProcedure("inbox.own")
    .input(notificationSettings)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await writeNotifications(ctx.scope, input);
      return {};
    }),
});
