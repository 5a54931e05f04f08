import type { ErrorCode } from "@heddle/db/errors";
import { decode, encode } from "next-auth/jwt";
import { z } from "zod";
import type { Env } from "../env.ts";
import { cookieName, usesHttps } from "./session-cookie.ts";

/** What somebody who is sent to an issuer wants besides signing in; waits in a cookie for their return. */
const intent = z.object({
  /** The session to whose account the issuer's person is to be linked. */
  link: z.string().optional(),
  /** The secret of the invitation that they hold. */
  invitation: z.string().max(1_000).optional(),
});
export type SignInIntent = z.output<typeof intent>;

const maxAgeSeconds = 15 * 60;

/** A cookie that nobody but this server reads; one without an intent ends an earlier one. */
export async function intentCookie(env: Env, given: SignInIntent): Promise<string> {
  const empty = given.link === undefined && given.invitation === undefined;
  const secret = env.NEXTAUTH_SECRET;
  const value = empty ? "" : await encode({ token: given, secret, salt, maxAge: maxAgeSeconds });
  const parts = [`${nameOf(env)}=${value}`, "Path=/api/auth", "HttpOnly", "SameSite=Lax"];
  return [...parts, `Max-Age=${empty ? 0 : maxAgeSeconds}`, ...(usesHttps(env) ? ["Secure"] : [])].join("; ");
}

export async function readIntent(env: Env, cookies: Record<string, string>): Promise<SignInIntent> {
  const token = cookies[nameOf(env)];
  const read = await decode({ token, secret: env.NEXTAUTH_SECRET, salt }).catch(() => null);
  return intent.safeParse(read).data ?? {};
}

const salt = "sign-in-intent";
const nameOf = (env: Env) => cookieName(env, "intent");

/** The page that tells who comes back in vain why. */
export function refusedAt({ intent }: { intent: SignInIntent }, code: ErrorCode): string {
  if (intent.link !== undefined) return `/settings/account?error=${code}`;
  const from = intent.invitation === undefined ? "" : `&from=${encodeURIComponent(`/join/${intent.invitation}`)}`;
  return `/sign-in?error=${code}${from}`;
}

/** What the form of a page asks for. */
export function intentOf(body: unknown, sessionId: string | null): SignInIntent {
  const fields = z.object({ link: z.string().optional(), invitation: z.string().max(1_000).optional() });
  const { link, invitation } = fields.safeParse(body).data ?? {};
  // Without a session it comes to nothing, rather than to an account that nobody has asked for.
  if (link !== undefined) return { link: sessionId ?? "" };
  return invitation === undefined ? {} : { invitation };
}
