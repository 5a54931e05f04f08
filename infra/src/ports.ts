import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { StartFailure } from "./start-failure.ts";

const lowestPort = 10_000;
const mostTries = 50;

/**
 * A loopback port that nothing listens on at the moment. Not one that the kernel gives to outgoing connections: those
 * of a server's own clients, who try to reach it while it is away, could take its place.
 */
export async function freePort(): Promise<number> {
  const end = firstOutgoingPort();
  for (let tries = 0; end > lowestPort && tries < mostTries; tries += 1) {
    const port = await listenOnce(randomInt(lowestPort, end), "127.0.0.1").catch(() => null);
    if (port !== null) return port;
  }
  return listenOnce(0, "127.0.0.1");
}

function firstOutgoingPort(): number {
  try {
    return Number(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split("\t")[0]);
  } catch {
    return 0;
  }
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
