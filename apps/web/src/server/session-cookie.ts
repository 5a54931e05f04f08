import type { Env } from "../env.ts";

/** Whether people come over https, so that cookies are for https alone. */
export function usesHttps(env: Pick<Env, "NEXTAUTH_URL">): boolean {
  return env.NEXTAUTH_URL.startsWith("https:");
}

/** Cookies do not know ports: the name does, so that two stacks on one host keep apart. */
export function cookieName(
  env: Pick<Env, "NEXTAUTH_URL" | "HEDDLE_PORT">,
  purpose: "session" | "csrf" | "callback" | "pkce" | "state" | "nonce" | "intent",
): string {
  return `${usesHttps(env) ? "__Secure-" : ""}heddle-${env.HEDDLE_PORT}-${purpose}`;
}

export const sessionCookieName = (env: Env) => cookieName(env, "session");
