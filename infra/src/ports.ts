import { createServer } from "node:net";
import { StartFailure } from "./start-failure.ts";

/** A loopback port that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  return listenOnce(0, "127.0.0.1");
}

/** @throws StartFailure if the stack's own address cannot be listened on */
export async function assertPortFree(port: number, host: string): Promise<void> {
  try {
    await listenOnce(port, host);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE") {
      throw new StartFailure(
        `port ${port} on ${host} is already in use; stop what uses it or choose another with HEDDLE_PORT.`,
      );
    }
    throw new StartFailure(`port ${port} on ${host} cannot be opened (${code}); check HEDDLE_HOST and HEDDLE_PORT.`);
  }
}

function listenOnce(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}
