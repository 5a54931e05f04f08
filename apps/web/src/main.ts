import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { withIds } from "@heddle/telemetry/ids";
import { createLog } from "@heddle/telemetry/log";
import { inSpan, startTracing } from "@heddle/telemetry/tracing";
import compression from "compression";
import next from "next";
import { readEnv } from "./env.ts";
import { startInboxWatch } from "./server/inbox-watch.ts";
import { loggedPath } from "./server/logged-path.ts";
import { clientIpHeader, requestIdHeader } from "./server/request-info.ts";
import { currentRuntime, runtime } from "./server/runtime.ts";
import { contentSecurityPolicy, securityHeaders } from "./server/security-headers.ts";
import { version } from "./server/version.ts";

const stopWithinMs = 4_000;
/** A kept-alive connection becomes idle when its last answer is out. */
const closeIdleEveryMs = 50;
/** Longer than the 60 s of usual proxies, so that it is never this side that closes a connection in use. */
const keepAliveMs = 65_000;

const env = readEnv();
const log = createLog({ name: "web", level: env.LOG_LEVEL });
const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
const stopTracing = endpoint === undefined ? null : await startTracing({ service: "heddle-web", version, endpoint });
const dir = dirname(dirname(fileURLToPath(import.meta.url)));
const app = next({ dev: env.HEDDLE_DEV, dir, hostname: env.HEDDLE_HOST, port: env.HEDDLE_PORT });
await app.prepare();
const handle = app.getRequestHandler();
const compress = compression();

function onRequest(request: IncomingMessage, response: ServerResponse): void {
  const requestId = crypto.randomUUID();
  const asked = request.url?.split("?", 1)[0] ?? "/";
  const path = loggedPath(asked);
  const startedAt = performance.now();
  request.headers[requestIdHeader] = requestId;
  request.headers[clientIpHeader] = request.socket.remoteAddress ?? "";
  const nonce = Buffer.from(crypto.randomUUID()).toString("base64");
  const policy = contentSecurityPolicy(nonce, { dev: env.HEDDLE_DEV, https: env.NEXTAUTH_URL.startsWith("https:") });
  // Next takes the nonce for its own scripts from the request.
  request.headers["content-security-policy"] = policy;
  response.setHeader("content-security-policy", policy);
  response.setHeader(requestIdHeader, requestId);
  for (const [name, value] of securityHeaders) response.setHeader(name, value);
  response.once("close", () => {
    const level = path === "/api/health" || path.startsWith("/_next/") ? "debug" : "info";
    const durationMs = Math.round(performance.now() - startedAt);
    log[level]({ requestId, method: request.method, path, status: response.statusCode, durationMs }, "request");
  });
  if (!isDecodable(asked)) {
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ code: "BAD_INPUT", message: "The address is not well formed." }));
    return;
  }
  const go = () => withIds({ requestId }, () => answer(request, response, path));
  // Scripts and styles only: a compressor would hold back what streams.
  if (path.startsWith("/_next/static/")) compress(request, response, go);
  else go();
}

function answer(request: IncomingMessage, response: ServerResponse, path: string): void {
  const { traceparent } = request.headers;
  const span = { parent: String(traceparent ?? ""), attributes: { method: request.method, path } };
  inSpan("request", span, () => handle(request, response)).catch((error: unknown) => {
    log.error({ path, err: error }, "request failed");
    response.destroy();
  });
}

/** Next answers 500 to an address with a broken escape. */
function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

const inboxWatch = startInboxWatch(runtime().db, log);
const server = createServer({ keepAliveTimeout: keepAliveMs, headersTimeout: keepAliveMs + 5_000 }, onRequest);

/** Streams end at once; what else is under way is answered before its database goes. */
async function stop(signal: string): Promise<void> {
  log.info({ signal }, "stopping");
  setTimeout(() => process.exit(0), stopWithinMs).unref();
  const closed = new Promise((resolve) => server.close(resolve));
  currentRuntime()?.stopStreams();
  await inboxWatch.stop();
  setInterval(() => server.closeIdleConnections(), closeIdleEveryMs).unref();
  await closed;
  await currentRuntime()?.close();
  await stopTracing?.();
  process.exit(0);
}

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop(signal));
process.on("unhandledRejection", (error) => log.error({ err: error }, "unhandled rejection"));
server.once("error", (error) => {
  log.fatal({ err: error }, "the web server cannot listen");
  process.exit(1);
});
server.listen(env.HEDDLE_PORT, env.HEDDLE_HOST, () => {
  log.info({ host: env.HEDDLE_HOST, port: env.HEDDLE_PORT }, "listening");
});
