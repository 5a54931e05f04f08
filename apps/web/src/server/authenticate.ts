import { AppError } from "@heddle/db/errors";
import type { Principal } from "@heddle/db/scope";
import { authenticateSession } from "@heddle/db/sessions";
import { authenticateToken } from "@heddle/db/tokens";
import { currentTraceparent } from "@heddle/telemetry/tracing";
import { decode } from "next-auth/jwt";
import { requestInfo } from "./request-info.ts";
import type { Runtime } from "./runtime.ts";
import { sessionCookieName } from "./session-cookie.ts";

/**
 * Who asks: `Authorization: Bearer <token>`, `Basic` with the token as password (git), or the browser's session cookie.
 * @returns `null` for nobody
 * @throws UNAUTHENTICATED for a token that is wrong or revoked, FORBIDDEN for another site's page using the cookie
 */
export async function authenticate(runtime: Runtime, request: Request): Promise<Principal | null> {
  const principal = await findPrincipal(runtime, request);
  return principal && { ...principal, trace: currentTraceparent() };
}

async function findPrincipal(runtime: Runtime, request: Request): Promise<Principal | null> {
  const { headers } = request;
  const { ip, requestId } = requestInfo(headers);
  const token = tokenOf(headers.get("authorization"));
  if (token !== null) {
    const principal = await authenticateToken(runtime.db, token, { ip, requestId });
    if (!principal) throw new AppError("UNAUTHENTICATED", { message: "The token is wrong or was revoked." });
    return principal;
  }
  const sessionId = await sessionIdOf(runtime, headers.get("cookie"));
  if (sessionId === null) return null;
  const changes = request.method !== "GET" && request.method !== "HEAD";
  if (changes && !isSameOrigin(headers, runtime.env.NEXTAUTH_URL)) {
    throw new AppError("FORBIDDEN", { message: "The request came from another site." });
  }
  return authenticateSession(runtime.db, sessionId, { ip, requestId });
}

function tokenOf(authorization: string | null): string | null {
  const [, scheme, value] = /^(\S+) +(\S+) *$/.exec(authorization ?? "") ?? [];
  if (scheme === undefined || value === undefined) return null;
  if (scheme.toLowerCase() === "bearer") return value;
  if (scheme.toLowerCase() !== "basic") return null;
  const credentials = Buffer.from(value, "base64").toString("utf8");
  return credentials.slice(credentials.indexOf(":") + 1);
}

/** The id of the session row that the cookie stands for, still to be checked against the row. */
export async function sessionIdOf({ env }: Pick<Runtime, "env">, cookieHeader: string | null): Promise<string | null> {
  const name = sessionCookieName(env);
  const cookie = cookieHeader?.split(/; */).find((part) => part.startsWith(`${name}=`));
  if (cookie === undefined) return null;
  const token = await decode({ token: cookie.slice(name.length + 1), secret: env.NEXTAUTH_SECRET }).catch(() => null);
  return typeof token?.sid === "string" ? token.sid : null;
}

/** `Sec-Fetch-Site` where the browser sends it (secure contexts), `Origin` elsewhere; neither is refused. */
export function isSameOrigin(headers: Headers, publicUrl: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  if (origin === null || !URL.canParse(origin)) return false;
  return new URL(origin).host === headers.get("host") || origin === new URL(publicUrl).origin;
}
