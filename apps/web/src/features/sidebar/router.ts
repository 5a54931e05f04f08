import { getSidebar, setSidebar } from "@heddle/db/sidebar";
import { setSidebarInput, sidebarView } from "@heddle/db/sidebar.schema";
import { z } from "zod";
import { router, workspaceProcedure } from "../../server/trpc.ts";

export const sidebarRouter = router({
  get: workspaceProcedure("workspace.read")
    .output(sidebarView)
    .query(({ ctx }) => getSidebar(ctx.scope)),

  set: workspaceProcedure("workspace.read")
    .input(setSidebarInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await setSidebar(ctx.scope, input);
      return {};
    }),
});
