import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { failureOf, isOurFault } from "./failure.ts";
import { readBody } from "./request-body.ts";
import { requestInfo } from "./request-info.ts";
import { appRouter } from "./root.ts";
import { callerOf } from "./route.ts";
import type { Runtime } from "./runtime.ts";

/** The browser's way to the procedures. */
export async function handleTrpc(runtime: Runtime, request: Request): Promise<Response> {
  const { ip, requestId } = requestInfo(request.headers);
  const body = request.method === "POST" ? await readBody(request) : undefined;
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    // The body has been read within its limit; the signal is the client's.
    req: new Request(request.url, { method: request.method, headers: request.headers, body, signal: request.signal }),
    router: appRouter,
    createContext: async () => ({ ...(await callerOf(runtime, request)), runtime, requestId, ip }),
    responseMeta({ errors, paths }) {
      const headers = { "cache-control": "no-store" };
      const [first] = errors;
      const allFailed = first !== undefined && errors.length === (paths?.length ?? 1);
      return allFailed ? { headers, status: failureOf(first).error.status } : { headers };
    },
    onError({ error, path }) {
      const failure = failureOf(error);
      if (isOurFault(failure)) runtime.log.error({ requestId, path, err: failure.error.cause }, "call failed");
    },
  });
}
