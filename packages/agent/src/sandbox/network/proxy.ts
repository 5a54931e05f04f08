import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { connectTo } from "./connect.ts";
import { forward } from "./forward.ts";
import type { Reach } from "./reach.ts";

/** The bridge inside lets more wait for their turn; this is for those who go past it. */
const mostConnections = 300;
const mostHeaderBytes = 16 * 1024;
const headersTimeoutMs = 20_000;
const keepAliveMs = 30_000;
const idleMs = 15 * 60_000;

export type Proxy = {
  /** Ends every connection, stops listening and removes the socket. */
  close(): Promise<void>;
};

/**
 * An HTTP proxy on a Unix socket, which leads wherever `reach` lets it.
 *
 * @param path of the socket; nothing may be there yet
 */
export async function startProxy(path: string, reach: Reach): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const server = createServer({
    maxHeaderSize: mostHeaderBytes,
    headersTimeout: headersTimeoutMs,
    // Uploads take their time; silence is what ends them.
    requestTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: headersTimeoutMs,
  });
  server.maxConnections = mostConnections;
  server.timeout = idleMs;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("connect", (request, client, head) => {
    connectTo(request, client as Socket, head, reach).catch(() => client.destroy());
  });
  server.on("request", (request, response) => {
    forward(request, response, reach).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });

  return {
    close: async () => {
      const closed = new Promise<unknown>((resolve) => server.close(resolve));
      reach.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      await rm(path, { force: true });
    },
  };
}
