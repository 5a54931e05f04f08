import { listModels } from "@heddle/db/models";
import { createProvider, deleteProvider, listProviders } from "@heddle/db/providers";
import { createProviderInput, providerView } from "@heddle/db/providers.schema";
import { z } from "zod";
import { router, workspaceProcedure } from "../../server/trpc.ts";
import { assertAddressAllowed } from "./address.ts";

const modelChoice = z.object({
  /** `provider/model`: what a thread or turn asks for. */
  name: z.string(),
  provider: z.string(),
  model: z.string(),
  isDemo: z.boolean(),
  contextTokens: z.number().nullable(),
});

export const providersRouter = router({
  create: workspaceProcedure("provider.manage")
    .meta({ openapi: { method: "POST", path: "/providers", summary: "Adds a model provider; its key is sealed" } })
    .input(createProviderInput)
    .output(z.object({ id: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await assertAddressAllowed(input.baseUrl, ctx.runtime.env.HEDDLE_ALLOWED_PRIVATE_HOSTS);
      return createProvider(ctx.scope, ctx.runtime.secrets, input);
    }),

  list: workspaceProcedure("provider.read")
    .meta({ openapi: { method: "GET", path: "/providers", summary: "Model providers, without their keys" } })
    .output(z.array(providerView))
    .query(({ ctx }) => listProviders(ctx.scope)),

  delete: workspaceProcedure("provider.manage")
    .meta({ openapi: { method: "DELETE", path: "/providers/{providerId}", summary: "Removes a provider and its key" } })
    .input(z.object({ providerId: z.string() }))
    .output(z.object({ id: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await deleteProvider(ctx.scope, input.providerId);
      return { id: input.providerId };
    }),

  models: workspaceProcedure("provider.read")
    .meta({ openapi: { method: "GET", path: "/models", summary: "Models to choose from, the default first" } })
    .output(z.array(modelChoice))
    .query(({ ctx }) => listModels(ctx.scope)),
});
