import { AppError } from "@heddle/db/errors";
import { ownedWorkspaceScope } from "@heddle/db/scope";
import { createBotToken, createPersonalToken, listTokens, revokeToken } from "@heddle/db/tokens";
import { createdToken, createTokenInput, tokenView } from "@heddle/db/tokens.schema";
import { z } from "zod";
import { router, workspaceProcedure } from "../../server/trpc.ts";

const tokenId = z.object({ tokenId: z.string() });
const revoked = z.object({ id: z.string() });

export const tokensRouter = router({
  create: workspaceProcedure("token.manage")
    .meta({
      openapi: { method: "POST", path: "/tokens", summary: "A token for a bot with a role of its own; shown once" },
      secretAnswer: true,
    })
    .input(createTokenInput)
    .output(createdToken)
    .mutation(async ({ ctx, input: { workspaceId = ctx.scope.workspaceId, ...input } }) =>
      createBotToken(await ownedWorkspaceScope(ctx.scope, workspaceId), input),
    ),

  createPersonal: workspaceProcedure("token.own")
    .meta({
      openapi: {
        method: "POST",
        path: "/tokens/mine",
        summary: "A token that acts as the signed-in person; shown once",
      },
      secretAnswer: true,
    })
    .input(z.object({ name: z.string().trim().min(1, "Give the token a name.").max(100) }))
    .output(createdToken)
    .mutation(({ ctx, input }) => {
      // A token that makes tokens would outlive its own revocation.
      if (ctx.scope.principal.via.type === "token") {
        throw new AppError("FORBIDDEN", { message: "A personal token is made in the browser, signed in." });
      }
      return createPersonalToken(ctx.scope, input);
    }),

  list: workspaceProcedure("token.manage")
    .meta({ openapi: { method: "GET", path: "/tokens", summary: "Every live token of the workspace" } })
    .output(z.array(tokenView))
    .query(({ ctx }) => listTokens(ctx.scope)),

  listMine: workspaceProcedure("token.own")
    .meta({ openapi: { method: "GET", path: "/tokens/mine", summary: "The caller's own live tokens" } })
    .output(z.array(tokenView))
    .query(({ ctx }) => listTokens(ctx.scope)),

  revoke: workspaceProcedure("token.manage")
    .meta({ openapi: { method: "DELETE", path: "/tokens/{tokenId}", summary: "Ends any token of the workspace" } })
    .input(tokenId)
    .output(revoked)
    .mutation(async ({ ctx, input }) => {
      await revokeToken(ctx.scope, input.tokenId);
      return { id: input.tokenId };
    }),

  revokeMine: workspaceProcedure("token.own")
    .meta({ openapi: { method: "DELETE", path: "/tokens/mine/{tokenId}", summary: "Ends one of the caller's tokens" } })
    .input(tokenId)
    .output(revoked)
    .mutation(async ({ ctx, input }) => {
      await revokeToken(ctx.scope, input.tokenId);
      return { id: input.tokenId };
    }),
});
