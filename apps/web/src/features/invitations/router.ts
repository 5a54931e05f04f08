import { linkToken } from "@heddle/db/accounts.schema";
import { createInvitation, listInvitations, revokeInvitation } from "@heddle/db/invitations";
import {
  createdInvitation,
  createInvitationInput,
  invitationOffer,
  invitationView,
  joined,
  joinInput,
} from "@heddle/db/invitations.schema";
import { acceptInvitation, joinByInvitation, readInvitation } from "@heddle/db/take-invitation";
import { z } from "zod";
import { callByLink } from "../../server/link-calls.ts";
import { publicProcedure, router, userProcedure, workspaceProcedure } from "../../server/trpc.ts";

export const invitationsRouter = router({
  create: workspaceProcedure("member.invite")
    .meta({
      openapi: {
        method: "POST",
        path: "/invitations",
        summary: "A link by which one person joins: `/join/` and the token, which is shown once",
      },
      secretAnswer: true,
    })
    .input(createInvitationInput)
    .output(createdInvitation)
    .mutation(({ ctx, input }) => createInvitation(ctx.scope, input)),

  list: workspaceProcedure("member.invite")
    .meta({ openapi: { method: "GET", path: "/invitations", summary: "Invitations that nobody has taken yet" } })
    .output(z.array(invitationView))
    .query(({ ctx }) => listInvitations(ctx.scope)),

  revoke: workspaceProcedure("member.invite")
    .meta({
      openapi: { method: "DELETE", path: "/invitations/{invitationId}", summary: "Ends an invitation not yet taken" },
    })
    .input(z.object({ invitationId: z.string() }))
    .output(z.object({ id: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await revokeInvitation(ctx.scope, input.invitationId);
      return { id: input.invitationId };
    }),

  /** What a link offers, for whoever has it. */
  offer: publicProcedure
    .input(linkToken)
    .output(invitationOffer)
    .query(({ ctx, input }) => callByLink(ctx, "look", input.token, () => readInvitation(ctx.db, input.token))),

  /** Makes an account and lets it in; the page signs in afterwards, with the same password. */
  join: publicProcedure
    .input(joinInput)
    .output(joined)
    .mutation(({ ctx, input }) =>
      callByLink(ctx, "use", input.token, () => joinByInvitation(ctx.db, input, { ip: ctx.ip })),
    ),

  /** Lets the person in who is signed in. */
  accept: userProcedure
    .input(linkToken)
    .output(joined)
    .mutation(({ ctx, input }) => callByLink(ctx, "use", input.token, () => acceptInvitation(ctx.scope, input.token))),
});
