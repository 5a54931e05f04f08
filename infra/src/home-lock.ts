import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StartFailure } from "./start-failure.ts";

export type HomeLock = {
  /** Tells whoever wants the home that it is worth waiting. */
  stopping(): void;
  release(): void;
};

const stoppingMark = "stopping";
const pollMs = 100;
const waitForStoppingMs = 45_000;

/**
 * Makes this process the only supervisor of a home, by listening on an abstract socket named after it: the kernel lets
 * one process do so and forgets the name with that process, however it ends. Waits for a supervisor that is stopping.
 * @param url shown to whoever tries to start a second one, or what else is done with the home
 * @throws StartFailure if another supervisor runs there
 */
export async function lockHome(homeDir: string, url: string): Promise<HomeLock> {
  const name = `\0heddle-${createHash("sha256").update(realpathSync(homeDir)).digest("hex")}`;
  const holderFile = join(homeDir, "run", "supervisor");
  const server = createServer((socket) => socket.destroy()).unref();
  const deadline = Date.now() + waitForStoppingMs;
  while (!(await listens(server, name))) {
    const holder = readHolder(holderFile);
    if (!holder.startsWith(stoppingMark) || Date.now() > deadline) {
      throw new StartFailure(`it already runs on the home ${homeDir} (${holder}).`);
    }
    await sleep(pollMs);
  }
  const holder = `process ${process.pid}, ${url}`;
  mkdirSync(dirname(holderFile), { recursive: true, mode: 0o700 });
  writeFileSync(holderFile, holder);
  return {
    stopping() {
      // The home may have been deleted: no reason not to stop.
      if (existsSync(holderFile)) writeFileSync(holderFile, `${stoppingMark}, ${holder}`);
    },
    release: () => server.close(),
  };
}

function listens(server: Server, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.removeAllListeners("error").removeAllListeners("listening");
    server.once("listening", () => resolve(true));
    server.once("error", (error) => ("code" in error && error.code === "EADDRINUSE" ? resolve(false) : reject(error)));
    server.listen(name);
  });
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "just starting";
  }
}
