import { changePassword, getAccount, listSessions, renameAccount, revokeSessions } from "@heddle/db/account";
import {
  accountView,
  changePasswordInput,
  renameInput,
  revokeSessionsInput,
  sessionView,
} from "@heddle/db/account.schema";
import { linkToken } from "@heddle/db/accounts.schema";
import { unlinkIdentity } from "@heddle/db/identities";
import { checkPasswordReset, usePasswordReset } from "@heddle/db/password-resets";
import { useResetInput } from "@heddle/db/password-resets.schema";
import { z } from "zod";
import { callByLink } from "../../server/link-calls.ts";
import { oidcName } from "../../server/oidc.ts";
import { publicProcedure, router, userProcedure } from "../../server/trpc.ts";

const done = z.object({});

/** `elsewhere` is the name of the issuer that people can sign in at. */
const ownAccount = accountView.extend({ elsewhere: z.string().nullable() });

/** What belongs to a person and to no workspace. Changes are made signed in, never with a token. */
export const accountRouter = router({
  get: userProcedure.output(ownAccount).query(async ({ ctx }) => {
    return { ...(await getAccount(ctx.scope)), elsewhere: oidcName(ctx.runtime.env) };
  }),

  /** The issuer's person signs in to the account no more. */
  unlinkIdentity: userProcedure
    .input(z.object({ identityId: z.string() }))
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await unlinkIdentity(ctx.scope, input);
      return {};
    }),

  rename: userProcedure
    .input(renameInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await renameAccount(ctx.scope, input);
      return {};
    }),

  changePassword: userProcedure
    .input(changePasswordInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      const { email, id } = await getAccount(ctx.scope);
      const { signIn } = ctx.runtime.limits;
      // The old password can be guessed at here as at the sign-in.
      await signIn.attempt(email ?? id, ctx.ip);
      await changePassword(ctx.scope, input);
      await signIn.succeeded(email ?? id, ctx.ip);
      return {};
    }),

  sessions: userProcedure.output(z.array(sessionView)).query(({ ctx }) => listSessions(ctx.scope)),

  signOut: userProcedure
    .input(revokeSessionsInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await revokeSessions(ctx.scope, input);
      return {};
    }),

  /** Whether a link for a new password can be used. */
  checkReset: publicProcedure
    .input(linkToken)
    .output(done)
    .query(async ({ ctx, input }) => {
      await callByLink(ctx, "look", input.token, () => checkPasswordReset(ctx.db, input.token));
      return {};
    }),

  /** Sets a new password by a link; the person signs in with it afterwards. */
  useReset: publicProcedure
    .input(useResetInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await callByLink(ctx, "use", input.token, () => usePasswordReset(ctx.db, input, { ip: ctx.ip }));
      return {};
    }),
});
