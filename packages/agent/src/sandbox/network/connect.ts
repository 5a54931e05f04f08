import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { readClientHello } from "./client-hello.ts";
import { parseAuthority } from "./hosts.ts";
import type { Reach } from "./reach.ts";
import { refusalSentence, refusalStatus } from "./refusals.ts";

/**
 * Who sends this name to the proxy is refused in the tunnel, by TLS. npm and its relatives need it: their agent takes the
 * answer to a refused CONNECT for that of any one request in its queue, so that the others wait for theirs without end.
 */
export const refuseInTunnelUser = "refuse-in-tunnel";

const established = "HTTP/1.1 200 Connection established\r\n\r\n";
const idleMs = 15 * 60_000;
const refusedMs = 5_000;
/** A hello comes in one or two pieces. */
const mostHelloPieces = 64;
/** TLS's own words for it (RFC 8446, section 6): a fatal alert of a kind. */
const alert = (kind: number) => Buffer.from([21, 3, 3, 0, 2, 2, kind]);
const accessDenied = 49;
const unrecognizedName = 112;

/** Answers a CONNECT request: joins both ends, or tells why not. */
export async function connectTo(request: IncomingMessage, client: Socket, head: Buffer, reach: Reach): Promise<void> {
  client.on("error", () => client.destroy());
  const target = parseAuthority(Buffer.from(request.url ?? "", "latin1").toString("utf8"));
  if (target === null) return answer(client, 400, "That is no host and port.");
  const reached = await reach.open(target);
  if ("refused" in reached) {
    const status = refusalStatus(reached.refused.reason);
    const text = refusalSentence(reached.refused);
    return wantsRefusalInTunnel(request) ? refuseInTunnel(client, head, status, text) : answer(client, status, text);
  }
  const { socket: server } = reached;
  server.on("error", () => client.destroy());
  if (client.destroyed) return void server.destroy();
  client.once("close", () => server.destroy());
  server.once("close", () => {
    if (!server.readableEnded) client.destroy();
  });
  for (const socket of [client, server]) socket.setTimeout(idleMs, () => socket.destroy());
  client.write(established);
  server.pipe(client);
  await passHello(client, server, head, (name) => reach.allowsServerName(name, target));
}

/** Joins client to server once it is clear that TLS, if it is that, is meant for the host that was allowed. */
async function passHello(
  client: Socket,
  server: Socket,
  head: Buffer,
  mayBeMeant: (name: string) => Promise<boolean>,
): Promise<void> {
  let sent = head;
  let hello = readClientHello(sent);
  let pieces = 0;
  while (hello === "more" && pieces < mostHelloPieces) {
    const piece = await nextPiece(client);
    if (piece === null) break;
    sent = Buffer.concat([sent, piece]);
    pieces += 1;
    hello = readClientHello(sent);
  }
  const strange = hello === "broken" || pieces === mostHelloPieces;
  const name = typeof hello === "object" ? hello.serverName : null;
  if (strange || (name !== null && !(await mayBeMeant(name)))) {
    server.unpipe(client);
    endSoon(client, alert(unrecognizedName));
    return void server.destroy();
  }
  server.write(sent);
  client.pipe(server);
}

function wantsRefusalInTunnel(request: IncomingMessage): boolean {
  const [, credentials = ""] = /^Basic (.*)$/i.exec(request.headers["proxy-authorization"] ?? "") ?? [];
  return Buffer.from(credentials, "base64").toString().startsWith(`${refuseInTunnelUser}:`);
}

async function refuseInTunnel(client: Socket, head: Buffer, status: number, sentence: string): Promise<void> {
  client.write(established);
  const first = head.length > 0 ? head : await nextPiece(client);
  if (first === null || readClientHello(first) === "other") answer(client, status, sentence);
  else endSoon(client, alert(accessDenied));
}

/** The next bytes from a socket; `null` at its end. Leaves it paused. */
function nextPiece(socket: Socket): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const settle = (piece: Buffer | null) => {
      socket.pause();
      socket.off("data", settle).off("end", atEnd).off("close", atEnd);
      resolve(piece);
    };
    const atEnd = () => settle(null);
    socket.on("data", settle).once("end", atEnd).once("close", atEnd);
    if (socket.readableEnded || socket.destroyed) atEnd();
    else socket.resume();
  });
}

/** The sentence is the body and, because most tools show that alone, the status line, too. */
function answer(client: Socket, status: number, sentence: string): void {
  const text = `Heddle: ${sentence}`;
  const body = `${text}\n`;
  const headers = ["Content-Type: text/plain", `Content-Length: ${body.length}`, "Connection: close"];
  endSoon(client, [`HTTP/1.1 ${status} ${text}`, ...headers, "", body].join("\r\n"));
}

function endSoon(client: Socket, lastWords: string | Buffer): void {
  client.end(lastWords);
  client.resume();
  setTimeout(() => client.destroy(), refusedMs).unref();
}
