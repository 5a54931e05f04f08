import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { readClientHello } from "./client-hello.ts";
import { parseAuthority } from "./hosts.ts";
import type { Reach } from "./reach.ts";
import { refusalSentence, refusalStatus } from "./refusals.ts";

const idleMs = 15 * 60_000;
const refusedMs = 5_000;
/** A hello comes in one or two pieces. */
const mostHelloPieces = 64;
/** TLS's own word for it (RFC 8446, section 6): fatal, unrecognized_name. */
const wrongNameAlert = Buffer.from([21, 3, 3, 0, 2, 2, 112]);

/** Answers a CONNECT request: joins both ends, or tells why not. */
export async function connectTo(request: IncomingMessage, client: Socket, head: Buffer, reach: Reach): Promise<void> {
  client.on("error", () => client.destroy());
  const target = parseAuthority(Buffer.from(request.url ?? "", "latin1").toString("utf8"));
  if (target === null) return answer(client, 400, "That is no host and port.");
  const reached = await reach.open(target);
  if ("refused" in reached) {
    return answer(client, refusalStatus(reached.refused.reason), refusalSentence(reached.refused));
  }
  const { socket: server } = reached;
  server.on("error", () => client.destroy());
  if (client.destroyed) return void server.destroy();
  client.once("close", () => server.destroy());
  server.once("close", () => {
    if (!server.readableEnded) client.destroy();
  });
  for (const socket of [client, server]) socket.setTimeout(idleMs, () => socket.destroy());
  client.write("HTTP/1.1 200 Connection established\r\n\r\n");
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
    client.end(wrongNameAlert);
    return void server.destroy();
  }
  server.write(sent);
  client.pipe(server);
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
  client.end([`HTTP/1.1 ${status} ${text}`, ...headers, "", body].join("\r\n"));
  client.resume();
  setTimeout(() => client.destroy(), refusedMs).unref();
}
