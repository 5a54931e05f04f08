import { AppError, errorTable, isErrorCode } from "@heddle/db/errors";
import type { NextApiRequest, NextApiResponse } from "next";
import nextAuth from "next-auth";
import { authOptions } from "./auth.ts";
import { isSameOrigin } from "./authenticate.ts";
import { readBody } from "./request-body.ts";
import type { Runtime } from "./runtime.ts";

/** What the pages use. Of the rest, one lets anybody write into our log (`_log`). */
const actions = ["GET csrf", "GET session", "POST callback/credentials", "POST signout"];

/**
 * next-auth's own addresses (`/api/auth/…`), spoken to in the one form that needs no page context of Next.
 * @throws NOT_FOUND, FORBIDDEN for another site's page, which may have planted its own token against forged requests
 */
export async function handleAuth(runtime: Runtime, request: Request, action: string[]): Promise<Response> {
  const { headers, method } = request;
  if (!actions.includes(`${method} ${action.join("/")}`)) {
    throw new AppError("NOT_FOUND", { message: "There is no such address." });
  }
  const fromPage = headers.has("sec-fetch-site") || headers.has("origin");
  if (method === "POST" && fromPage && !isSameOrigin(headers, runtime.env.NEXTAUTH_URL)) {
    throw new AppError("FORBIDDEN", { message: "The request came from another site." });
  }
  const url = new URL(request.url);
  const reply = replyRecorder();
  const asked = {
    method: request.method,
    headers: Object.fromEntries(request.headers),
    cookies: parseCookies(request.headers.get("cookie") ?? ""),
    query: { ...Object.fromEntries(url.searchParams), nextauth: action },
    body:
      request.method === "POST" ? parseBody(request.headers.get("content-type"), await readBody(request)) : undefined,
  };
  await nextAuth(asked as unknown as NextApiRequest, reply.api as unknown as NextApiResponse, authOptions(runtime));
  return reply.response();
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

/** What next-auth does to a Node response, as a web one. */
function replyRecorder() {
  const headers = new Headers({ "cache-control": "private, no-store" });
  let status = 200;
  let body: string | null = null;
  const api = {
    status(code: number) {
      status = code;
      return api;
    },
    getHeader: (name: string) => (name.toLowerCase() === "set-cookie" ? headers.getSetCookie() : headers.get(name)),
    setHeader(name: string, value: string | string[]) {
      headers.delete(name);
      for (const one of [value].flat()) headers.append(name, one);
      return api;
    },
    json(value: unknown) {
      headers.set("content-type", "application/json");
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

/** A refused sign-in comes as an address with `error=CODE`; the status is that of the code. */
function refusalStatus(value: unknown): number | undefined {
  const url = typeof value === "object" && value !== null && "url" in value ? String(value.url) : "";
  const code = URL.canParse(url, "http://localhost")
    ? new URL(url, "http://localhost").searchParams.get("error")
    : null;
  return isErrorCode(code) ? errorTable[code].status : undefined;
}
