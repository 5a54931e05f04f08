import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { parseUrl } from "./hosts.ts";
import type { Reach } from "./reach.ts";
import { refusalSentence, refusalStatus } from "./refusals.ts";

type Headers = NodeJS.Dict<string[]>;

/** Between the two ends of one connection only: RFC 9110, section 7.6.1. `expect` has been answered already. */
const hopByHop = [
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Passes on a plain HTTP request, over a connection of its own, and its answer. */
export async function forward(request: IncomingMessage, response: ServerResponse, reach: Reach): Promise<void> {
  const target = parseUrl(request.url ?? "");
  if (target === null) return answer(response, 400, "The proxy takes CONNECT, and requests for http:// addresses.");
  const reached = await reach.open(target);
  if ("refused" in reached) {
    return answer(response, refusalStatus(reached.refused.reason), refusalSentence(reached.refused));
  }
  const { socket } = reached;
  response.once("close", () => socket.destroy());
  if (response.closed) return void socket.destroy();

  const chunked = request.headers["transfer-encoding"] === undefined ? {} : { "transfer-encoding": "chunked" };
  const outgoing = httpRequest({
    createConnection: () => socket,
    method: request.method,
    path: target.path,
    // The name that was allowed, whatever the request's own Host says.
    headers: { ...endToEnd(request.headersDistinct), host: authority(target), ...chunked },
  });
  const fail = () => {
    if (response.headersSent) response.destroy();
    else answer(response, 502, `${target.host} did not answer in HTTP.`);
    socket.destroy();
  };
  outgoing.on("error", fail);
  outgoing.on("response", (incoming) => {
    incoming.on("error", fail);
    try {
      response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, endToEnd(incoming.headersDistinct));
      incoming.pipe(response);
    } catch {
      fail();
    }
  });
  request.pipe(outgoing);
}

function authority({ host, port }: { host: string; port: number }): string {
  return port === 80 ? host : `${host}:${port}`;
}

function endToEnd(headers: Headers): Headers {
  const named = (headers.connection ?? []).flatMap((value) => value.toLowerCase().split(/\s*,\s*/));
  const dropped = new Set([...hopByHop, ...named]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

function answer(response: ServerResponse, status: number, sentence: string): void {
  const text = `Heddle: ${sentence}`;
  const body = `${text}\n`;
  const headers = { "content-type": "text/plain", "content-length": body.length, connection: "close" };
  response.writeHead(status, text, headers).end(body);
}
