import type { Permission } from "@heddle/db/permissions";
import type { ProjectScope, ThreadScope, WorkspaceScope } from "@heddle/db/scope";
import { cleanJson } from "@heddle/db/text";
import { type Access, type Caller, openProject, openThread, openWorkspace } from "./access.ts";
import { authenticate } from "./authenticate.ts";
import { failureBody, failureOf, isOurFault } from "./failure.ts";
import { discardBody } from "./request-body.ts";
import { requestInfo } from "./request-info.ts";
import { type Runtime, runtime } from "./runtime.ts";

export type Params = Record<string, string | string[] | undefined>;

export type Call<Scope = undefined> = {
  request: Request;
  params: Params;
  runtime: Runtime;
  scope: Scope;
  /** The same check again, for what stays open: throws once the right is gone. */
  recheck: () => Promise<Scope>;
};

type RouteHandler = ((request: Request, context: { params: Promise<Params> }) => Promise<Response>) & {
  access: Access;
};

type Wanted = "public" | { workspace: Permission } | { projectId: Permission } | { threadId: Permission };
type ScopeOf<W> = W extends { threadId: Permission }
  ? ThreadScope
  : W extends { projectId: Permission }
    ? ProjectScope
    : W extends { workspace: Permission }
      ? WorkspaceScope
      : undefined;

/**
 * Door 1 for what is no procedure: streams, downloads, git. The key says what the permission is asked on: the
 * workspace, or the project or thread that the path names.
 */
export function route<const W extends Wanted>(
  wanted: W,
  handle: (call: Call<ScopeOf<W>>) => Promise<Response> | Response,
): RouteHandler {
  const handler = async (request: Request, context: { params: Promise<Params> }) => {
    const own = runtime();
    try {
      const params = cleanJson(await context.params);
      const recheck = () => openWanted(wanted, own, request, params) as Promise<ScopeOf<W>>;
      return await handle({ request, params, runtime: own, scope: await recheck(), recheck });
    } catch (error) {
      await discardBody(request);
      return failureResponse(own, request, error);
    }
  };
  return Object.assign(handler, { access: accessOf(wanted) });
}

/** Any refusal as JSON with its status; what is our own fault goes to the log with all its detail. */
export function failureResponse({ log }: Runtime, request: Request, thrown: unknown): Response {
  const failure = failureOf(thrown);
  const { status } = failure.error;
  const { requestId } = requestInfo(request.headers);
  const path = new URL(request.url).pathname;
  if (isOurFault(failure)) log.error({ requestId, path, err: failure.error.cause }, "request failed");
  const headers = new Headers({ "cache-control": "no-store" });
  if (status === 401) {
    const scheme = path.startsWith("/git/") ? 'Basic realm="Heddle: any name, a token as password"' : "Bearer";
    headers.set("www-authenticate", scheme);
  }
  // What is left of the body is not read.
  if (status === 413) headers.set("connection", "close");
  return Response.json(failureBody(failure), { status, headers });
}

/** Who sends the request, and to which workspace where its address names no project or thread. */
export async function callerOf(own: Runtime, request: Request): Promise<Caller> {
  const workspaceId = request.headers.get("x-heddle-workspace") ?? new URL(request.url).searchParams.get("workspaceId");
  return { db: own.db, principal: await authenticate(own, request), workspaceId: cleanJson(workspaceId) };
}

async function openWanted(wanted: Wanted, own: Runtime, request: Request, params: Params): Promise<unknown> {
  if (wanted === "public") return undefined;
  const caller = await callerOf(own, request);
  if ("workspace" in wanted) return openWorkspace(caller, wanted.workspace);
  if ("threadId" in wanted) return openThread(caller, String(params.threadId), wanted.threadId);
  // Git's addresses end in `.git`.
  return openProject(caller, String(params.projectId).replace(/\.git$/, ""), wanted.projectId);
}

function accessOf(wanted: Wanted): Access {
  if (wanted === "public") return "public";
  if ("workspace" in wanted) return { on: "workspace", permission: wanted.workspace };
  if ("threadId" in wanted) return { on: "thread", permission: wanted.threadId };
  return { on: "project", permission: wanted.projectId };
}
