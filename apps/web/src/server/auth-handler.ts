import { AppError, errorTable, isErrorCode } from "@heddle/db/errors";
import type { NextApiRequest, NextApiResponse } from "next";
import nextAuth from "next-auth";
import { authOptions } from "./auth.ts";
import { isSameOrigin, sessionIdOf } from "./authenticate.ts";
import { oidcId, oidcName } from "./oidc.ts";
import { readBody } from "./request-body.ts";
import { requestInfo } from "./request-info.ts";
import type { Runtime } from "./runtime.ts";
import { intentCookie, intentOf, readIntent, refusedAt } from "./sign-in-intent.ts";

/** What the pages use. Of the rest, one lets anybody write into our log (`_log`). */
const actions = ["GET csrf", "GET session", "POST callback/credentials", "POST signout"];
/** To the issuer and back, where there is one. */
const [leave, comeBack] = [`POST signin/${oidcId}`, `GET callback/${oidcId}`];

/**
 * next-auth's own addresses (`/api/auth/…`), spoken to in the one form that needs no page context of Next.
 * @throws NOT_FOUND, FORBIDDEN for another site's page, which may have planted its own token against forged requests
 */
export async function handleAuth(runtime: Runtime, request: Request, action: string[]): Promise<Response> {
  const { headers, method } = request;
  const { env } = runtime;
  const asksFor = `${method} ${action.join("/")}`;
  const isIssuers = asksFor === leave || asksFor === comeBack;
  if (!(isIssuers ? oidcName(env) !== null : actions.includes(asksFor))) {
    throw new AppError("NOT_FOUND", { message: "There is no such address." });
  }
  const fromPage = headers.has("sec-fetch-site") || headers.has("origin");
  if (method === "POST" && fromPage && !isSameOrigin(headers, env.NEXTAUTH_URL)) {
    throw new AppError("FORBIDDEN", { message: "The request came from another site." });
  }
  const cookies = parseCookies(headers.get("cookie") ?? "");
  const body = method === "POST" ? parseBody(headers.get("content-type"), await readBody(request)) : undefined;
  const sessionId = await sessionIdOf(runtime, headers.get("cookie"));
  const intent = asksFor === leave ? intentOf(body, sessionId) : await readIntent(env, cookies);
  const arrival = { from: requestInfo(headers), sessionId, intent };
  const reply = replyRecorder(isIssuers ? refusedAt(arrival, "SSO_FAILED") : null);
  const asked = {
    method,
    headers: Object.fromEntries(headers),
    cookies,
    // On the way to an issuer next-auth would hand on all that is here.
    query: { ...(method === "GET" ? Object.fromEntries(new URL(request.url).searchParams) : {}), nextauth: action },
    body,
  };
  const options = authOptions(runtime, arrival);
  await nextAuth(asked as unknown as NextApiRequest, reply.api as unknown as NextApiResponse, options);
  const response = reply.response();
  if (isIssuers) response.headers.append("set-cookie", await intentCookie(env, asksFor === leave ? intent : {}));
  return response;
}

function parseBody(contentType: string | null, body: string): unknown {
  if (!contentType?.startsWith("application/json")) return Object.fromEntries(new URLSearchParams(body));
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

function parseCookies(header: string): Record<string, string> {
  const parts = header.split(/; */).flatMap((part) => {
    const at = part.indexOf("=");
    return at > 0 ? [[part.slice(0, at), decode(part.slice(at + 1))] as const] : [];
  });
  return Object.fromEntries(parts);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/**
 * What next-auth does to a Node response, as a web one.
 * @param instead of next-auth's own pages, which are not here
 */
function replyRecorder(instead: string | null) {
  const headers = new Headers({ "cache-control": "private, no-store" });
  let status = 200;
  let body: string | null = null;
  const ours = (url: string) => (instead !== null && /\/api\/auth\/(error|signin)\b/.test(url) ? instead : url);
  const api = {
    status(code: number) {
      status = code;
      return api;
    },
    getHeader: (name: string) => (name.toLowerCase() === "set-cookie" ? headers.getSetCookie() : headers.get(name)),
    setHeader(name: string, value: string | string[]) {
      headers.delete(name);
      const isPlace = name.toLowerCase() === "location";
      for (const one of [value].flat()) headers.append(name, isPlace ? ours(one) : one);
      return api;
    },
    json(given: unknown) {
      headers.set("content-type", "application/json");
      const value = hasUrl(given) ? { ...given, url: ours(given.url) } : given;
      body = JSON.stringify(value);
      status = refusalStatus(value) ?? status;
    },
    send(value: unknown) {
      if (typeof value === "object" && value !== null) api.json(value);
      else body = value === undefined || value === null ? null : String(value);
    },
    end() {},
  };
  return { api, response: () => new Response(body, { status, headers }) };
}

const hasUrl = (value: unknown): value is { url: string } =>
  typeof value === "object" && value !== null && "url" in value && typeof value.url === "string";

/** A refused sign-in comes as an address with `error=CODE`; the status is that of the code. */
function refusalStatus(value: unknown): number | undefined {
  const url = hasUrl(value) ? value.url : "";
  const code = URL.canParse(url, "http://localhost")
    ? new URL(url, "http://localhost").searchParams.get("error")
    : null;
  return isErrorCode(code) ? errorTable[code].status : undefined;
}
