import { createHash } from "node:crypto";
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { StartFailure } from "./start-failure.ts";

/**
 * Makes this process the only supervisor of a home, by listening on an abstract socket named after it: the kernel lets
 * one process do so and forgets the name with that process, however it ends.
 * @param url shown to whoever tries to start a second one
 * @returns a function that gives the home free again
 * @throws StartFailure if another supervisor runs there
 */
export async function lockHome(homeDir: string, url: string): Promise<() => void> {
  const name = `\0heddle-${createHash("sha256").update(realpathSync(homeDir)).digest("hex")}`;
  const holderFile = join(homeDir, "run", "supervisor");
  const server = createServer((socket) => socket.destroy()).unref();
  if (!(await listens(server, name))) {
    throw new StartFailure(`it already runs on the home ${homeDir} (${readHolder(holderFile)}).`);
  }
  writeFileSync(holderFile, `process ${process.pid}, ${url}`);
  return () => server.close();
}

function listens(server: Server, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
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
