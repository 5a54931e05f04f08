import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { Params } from "../server/route.ts";

const appDir = join(import.meta.dirname, "../app");

type RouteModule = Record<string, (request: Request, context: { params: Promise<Params> }) => Promise<Response>>;
export type LoadedRoute = { file: string; pattern: string[]; module: RouteModule };

/** Every `route.ts` of the app with its address, the most specific first, as Next orders them. */
export async function loadRoutes(): Promise<LoadedRoute[]> {
  const files = readdirSync(appDir, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("route.ts"));
  const routes = files.map(async (file) => ({
    file: relative(appDir, join(appDir, file)),
    pattern: file.split("/").slice(0, -1),
    module: (await import(join(appDir, file))) as RouteModule,
  }));
  const rank = (segment: string) => (segment.startsWith("[...") ? "2" : segment.startsWith("[") ? "1" : "0");
  const order = ({ pattern }: LoadedRoute) => pattern.map(rank).join("");
  return (await Promise.all(routes)).sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** The app's routes on a free port of loopback, without Next: what it does around them is left to the end-to-end tests. */
export async function serveRoutes(): Promise<{ url: string; close(): Promise<void> }> {
  const routes = await loadRoutes();
  const server = createServer((incoming, outgoing) => {
    answer(routes, incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(routes: LoadedRoute[], incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host}`);
  const left = new AbortController();
  outgoing.once("close", () => left.abort());
  const headers = new Headers(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  headers.set("x-heddle-client-ip", "127.0.0.1");
  const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
  const request = new Request(url, {
    method: incoming.method,
    headers,
    signal: left.signal,
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: "half" } : {}),
  });
  const found = match(routes, url.pathname.slice(1).split("/").map(decode));
  const handler = found?.module[incoming.method ?? "GET"];
  const response = handler
    ? await handler(request, { params: Promise.resolve(found.params) })
    : new Response(null, { status: found ? 405 : 404 });
  const cookies = response.headers.getSetCookie();
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    ...(cookies.length ? { "set-cookie": cookies } : {}),
  });
  outgoing.flushHeaders();
  if (response.body) await pipeline(Readable.fromWeb(response.body as NodeReadableStream), outgoing);
  else outgoing.end();
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function match(routes: LoadedRoute[], given: string[]): { module: RouteModule; params: Params } | undefined {
  for (const { pattern, module } of routes) {
    const params: Params = {};
    const rest = /^\[\.\.\.(.+)\]$/.exec(pattern.at(-1) ?? "")?.[1];
    const fixed = rest === undefined ? pattern : pattern.slice(0, -1);
    if (rest === undefined ? given.length !== fixed.length : given.length <= fixed.length) continue;
    const fits = fixed.every((segment, index) => {
      const name = /^\[(.+)\]$/.exec(segment)?.[1];
      if (name !== undefined) params[name] = given[index];
      return name !== undefined || segment === given[index];
    });
    if (!fits) continue;
    if (rest !== undefined) params[rest] = given.slice(fixed.length);
    return { module, params };
  }
  return undefined;
}
