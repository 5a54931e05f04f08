import { setTimeout as sleep } from "node:timers/promises";
import { AppError, type ErrorCode } from "@heddle/db/errors";
import { authenticateSession, revokeSession, type SignIn, signIn } from "@heddle/db/sessions";
import { cleanText } from "@heddle/db/text";
import type { NextAuthOptions } from "next-auth";
import credentials from "next-auth/providers/credentials";
import { z } from "zod";
import { oidcId, oidcProviders } from "./oidc.ts";
import { type Arrival, arrive } from "./oidc-sign-in.ts";
import { type RequestInfo, requestInfo } from "./request-info.ts";
import type { Runtime } from "./runtime.ts";
import { cookieName, usesHttps } from "./session-cookie.ts";
import { refusedAt } from "./sign-in-intent.ts";

const signInInput = z.object({
  email: z.string().min(1).max(320).transform(cleanText),
  password: z.string().min(1).max(1_000),
});

const sessionSeconds = 30 * 86_400;
const maxReasonChars = 300;

/**
 * next-auth with passwords and, where one is set, an OpenID Connect issuer. The cookie holds nothing but the session
 * row's id, encrypted; the row decides at each request. The error of a refused sign-in is one of our codes:
 * SIGN_IN_FAILED or RATE_LIMITED for a password, and what `arrive` throws.
 */
export function authOptions(runtime: Runtime, arrival: Arrival): NextAuthOptions {
  const { env } = runtime;
  const secure = usesHttps(env);
  const cookie = (purpose: Parameters<typeof cookieName>[1]) => ({
    name: cookieName(env, purpose),
    options: { httpOnly: true, sameSite: "lax" as const, path: "/", secure },
  });
  return {
    secret: env.NEXTAUTH_SECRET,
    useSecureCookies: secure,
    cookies: {
      sessionToken: cookie("session"),
      csrfToken: cookie("csrf"),
      callbackUrl: cookie("callback"),
      pkceCodeVerifier: cookie("pkce"),
      state: cookie("state"),
      nonce: cookie("nonce"),
    },
    session: { strategy: "jwt", maxAge: sessionSeconds },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    logger: {
      error: (code, about) => runtime.log.warn({ code, reason: issuersReason(code, about) }, "sign-in"),
      warn: (code) => runtime.log.debug({ code }, "sign-in"),
      debug: () => undefined,
    },
    providers: [
      credentials({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        async authorize(given, request) {
          const session = await checkPassword(runtime, given, requestInfo(new Headers(request.headers)));
          return { id: session.sessionId };
        },
      }),
      ...oidcProviders(env),
    ],
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.provider !== oidcId) return true;
        const answer = await arriveOrCode(runtime, profile, arrival);
        if ("code" in answer) return refusedAt(arrival, answer.code);
        // As with a password: the id that the cookie gets is the session's.
        user.id = answer.sessionId;
        return true;
      },
      jwt: ({ token, user }) => (user ? { sid: user.id } : { sid: token.sid }),
      async session({ session, token }) {
        const principal = await principalOf(runtime, token.sid);
        return { expires: session.expires, ...(principal ? { user: { name: principal.name } } : {}) };
      },
    },
    events: {
      async signOut({ token }) {
        const principal = await principalOf(runtime, token.sid);
        if (principal) await revokeSession(runtime.db, principal);
      },
    },
  };
}

/** A refusal comes after this long at the earliest: only that of a known address is written down, which takes time. */
const refusalMs = 300;

/** Tells neither in words nor in time whether the address is known. @throws SIGN_IN_FAILED, RATE_LIMITED by code */
async function checkPassword(runtime: Runtime, given: unknown, from: RequestInfo): Promise<SignIn> {
  const input = signInInput.safeParse(given);
  if (!input.success) throw new Error("SIGN_IN_FAILED");
  const { email } = input.data;
  const earliest = sleep(refusalMs);
  try {
    await runtime.limits.signIn.attempt(email, from.ip);
    const session = await signIn(runtime.db, input.data, from);
    if (!session) {
      await earliest;
      throw new AppError("SIGN_IN_FAILED");
    }
    await runtime.limits.signIn.succeeded(email, from.ip);
    return session;
  } catch (error) {
    if (!(error instanceof AppError)) runtime.log.error({ requestId: from.requestId, err: error }, "sign-in failed");
    // next-auth hands the message of an error to the browser.
    throw new Error(error instanceof AppError ? error.code : "INTERNAL");
  }
}

/** Why an issuer and Heddle do not understand each other, for whoever runs the server. */
function issuersReason(code: string, about: unknown): string | undefined {
  const error = about instanceof Error ? about : (about as { error?: unknown } | undefined)?.error;
  return code.includes("OAUTH") && error instanceof Error ? error.message.slice(0, maxReasonChars) : undefined;
}

async function arriveOrCode(
  runtime: Runtime,
  profile: unknown,
  arrival: Arrival,
): Promise<{ sessionId: string } | { code: ErrorCode }> {
  try {
    return { sessionId: await arrive(runtime, profile, arrival) };
  } catch (error) {
    const { requestId } = arrival.from;
    if (!(error instanceof AppError)) runtime.log.error({ requestId, err: error }, "sign-in at the issuer failed");
    return { code: error instanceof AppError ? error.code : "SSO_FAILED" };
  }
}

async function principalOf({ db }: Runtime, sid: unknown) {
  return typeof sid === "string" ? authenticateSession(db, sid, { ip: null, requestId: "session" }) : null;
}
