/** Its published types need those of Express; this is what a plain server uses of it. */
declare module "compression" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  const compression: () => (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  export = compression;
}
