import { setDraining } from "@heddle/db/hosts";
import { readProviderStatus } from "@heddle/db/provider-status";
import { readStatus } from "@heddle/db/status";
import { drainHostInput, statusView } from "@heddle/db/status.schema";
import { z } from "zod";
import { readHealth } from "../../server/health.ts";
import { router, workspaceProcedure } from "../../server/trpc.ts";
import { version } from "../../server/version.ts";

export const statusRouter = router({
  read: workspaceProcedure("status.read")
    .meta({ openapi: { method: "GET", path: "/status", summary: "Hosts, queues, and threads that do not get on" } })
    .output(statusView)
    .query(async ({ ctx }) => {
      const [health, rows, providers] = await Promise.all([
        readHealth(ctx.runtime),
        readStatus(ctx.scope),
        readProviderStatus(ctx.scope),
      ]);
      // Another workspace's provider helps nobody here.
      const own = { ...health, model: providers.some(({ state }) => state !== "failed") };
      const parts = Object.entries(own).map(([name, ok]) => ({ name: name as keyof typeof own, ok }));
      return { version, parts, providers, ...rows };
    }),

  drainHost: workspaceProcedure("host.manage")
    .meta({
      openapi: { method: "POST", path: "/hosts/{hostId}/drain", summary: "Empties a host for an update, or ends that" },
    })
    .input(drainHostInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await setDraining(ctx.scope, input.hostId, input.draining);
      return {};
    }),
});
