import { setTimeout as sleep } from "node:timers/promises";
import { SandboxUnavailable } from "../errors.ts";
import type { Runner } from "../runner.ts";

export type Bridge = {
  /** On the loopback of the sandbox; stays the same for as long as the bridge is wanted. */
  port: number;
  stop(): void;
};

const restartAfterMs = 50;
const mostFailedStarts = 40;

/**
 * Runs the bridge inside and waits until it listens. What runs in the sandbox may kill it: then it is started again.
 *
 * @param socketPath of the proxy, as seen inside
 * @throws SandboxLost; SandboxUnavailable when it does not start
 */
export async function startBridge(runner: Runner, socketPath: string): Promise<Bridge> {
  const ending = new AbortController();
  let port = 0;
  let printed = "";

  const keepRunning = async (listening: () => void) => {
    for (let failed = 0; !ending.signal.aborted && failed < mostFailedStarts; ) {
      printed = "";
      const argv = [socketPath, String(port)];
      const onOutput = (chunk: Buffer) => {
        printed += chunk.toString("latin1");
        const [, number] = /^(\d+)\n/.exec(printed) ?? [];
        if (number === undefined) return;
        port = Number(number);
        failed = 0;
        listening();
      };
      failed += 1;
      await runner.exec({ argv, bridge: true, signal: ending.signal, onOutput });
      if (!ending.signal.aborted) await sleep(restartAfterMs);
    }
  };
  await new Promise<void>((resolve, reject) => {
    keepRunning(resolve).then(
      () => reject(new SandboxUnavailable(`The way to the network does not start: ${printed.trim()}`)),
      reject,
    );
  });
  return { port, stop: () => ending.abort() };
}
