import { createServer, type Server } from "node:http";

/** Answers 200 on loopback while the worker runs; for whoever supervises it. */
export function serveHealth(port: number): Server {
  return createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end('{"status":"ok"}');
  }).listen(port, "127.0.0.1");
}
