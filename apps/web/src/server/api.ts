import { AppError } from "@heddle/db/errors";
import { once } from "@heddle/db/idempotency";
import type { Principal } from "@heddle/db/scope";
import { cleanJson } from "@heddle/db/text";
import { callTRPCProcedure } from "@trpc/server";
import { openProject, openThread, openUser, openWorkspace } from "./access.ts";
import { type Endpoint, findEndpoint } from "./api-endpoints.ts";
import { readJsonObject } from "./request-body.ts";
import { requestInfo } from "./request-info.ts";
import { appRouter } from "./root.ts";
import { callerOf } from "./route.ts";
import type { Runtime } from "./runtime.ts";
import type { Context } from "./trpc.ts";

export const apiBase = "/api/v1";

type Input = Record<string, unknown>;

/**
 * A request to `/api/v1`, answered by the tRPC procedure whose metadata names its address. The input is the query (or,
 * for methods with a body, the JSON object) and the path's parameters together.
 */
export async function callApi(runtime: Runtime, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const method = request.method === "HEAD" ? "GET" : request.method;
  const { endpoint, params } = findEndpoint(method, url.pathname.slice(apiBase.length));
  const caller = await callerOf(runtime, request);
  const { ip, requestId } = requestInfo(request.headers);
  const ctx: Context = { ...caller, runtime, requestId, ip };
  const hasBody = endpoint.method !== "GET" && endpoint.method !== "DELETE";
  const given = hasBody ? await readJsonObject(request) : Object.fromEntries(url.searchParams);
  const input = cleanJson<Input>({ ...given, ...params });
  const call = (principal = ctx.principal) => callProcedure(endpoint, { ...ctx, principal }, input, request.signal);
  const key = endpoint.method === "POST" ? idempotencyKey(request) : null;
  const answer = key === null ? await call() : await callOnce(endpoint, ctx, input, key, call);
  return Response.json(answer, { headers: { "cache-control": "no-store" } });
}

function callProcedure(endpoint: Endpoint, ctx: Context, input: Input, signal: AbortSignal): Promise<unknown> {
  return callTRPCProcedure({
    router: appRouter,
    path: endpoint.procedure,
    type: endpoint.type,
    getRawInput: async () => input,
    ctx,
    signal,
    batchIndex: 0,
  });
}

function idempotencyKey(request: Request): string | null {
  const key = request.headers.get("idempotency-key");
  if (key === null || /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new AppError("BAD_INPUT", {
    message: "An Idempotency-Key has 1 to 200 printable ASCII characters, no spaces.",
  });
}

/**
 * A repeat gets the first answer, and only while the caller still holds the right to make the call. An answer that
 * holds a new token is kept sealed, so that a client whose connection broke gets its token, and the database never has it.
 */
async function callOnce(
  endpoint: Endpoint,
  ctx: Context,
  input: Input,
  key: string,
  call: (principal: Principal) => Promise<unknown>,
): Promise<unknown> {
  const workspaceId = await checkAccess(endpoint, ctx, input);
  const { principal } = openUser(ctx);
  const request = { procedure: endpoint.procedure, input: { workspaceId, input } };
  if (!endpoint.meta.secretAnswer) return once(ctx.db, principal, key, request, call);
  const { secrets } = ctx.runtime;
  const place = { workspaceId, model: "answer" as const, id: `${principal.userId}/${key}` };
  const seal = async (claiming: Principal) => secrets.seal(place, JSON.stringify(await call(claiming)));
  return JSON.parse(secrets.open(place, await once(ctx.db, principal, key, request, seal)));
}

/** @returns the workspace that the call is about, "" when about none */
async function checkAccess({ meta }: Endpoint, ctx: Context, input: Input): Promise<string> {
  const { access = "user" } = meta;
  if (typeof access === "string") return "";
  const { on, permission } = access;
  if (on === "workspace") return (await openWorkspace(ctx, permission)).workspaceId;
  if (on === "project") return (await openProject(ctx, String(input.projectId), permission)).workspaceId;
  return (await openThread(ctx, String(input.threadId), permission)).workspaceId;
}
