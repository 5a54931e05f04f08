import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { shellEnv } from "../env.ts";
import { databaseUrl } from "../stack.ts";
import type { Stage } from "./stage.ts";
import { temporalAddress } from "./workflows.ts";

const program = fileURLToPath(new URL("../../apps/worker/dist/main.js", import.meta.url));

export const secondHost = "second-host";

export type SecondHost = { stop(): Promise<void> };

/** Another machine's worker: a name and a disk of its own, the same database and Temporal server. */
export async function startSecondHost(stage: Stage): Promise<SecondHost> {
  const { homeDir } = stage.stack;
  const ownHome = join(dirname(homeDir), secondHost);
  await mkdir(ownHome, { recursive: true });
  await writeFile(join(ownHome, "host-id"), `${secondHost}\n`);
  const { secretKeys } = JSON.parse(await readFile(join(homeDir, "secrets.json"), "utf8"));
  const worker = spawn(process.execPath, [program], {
    env: {
      ...shellEnv,
      HEDDLE_HOME: ownHome,
      DATABASE_URL: await databaseUrl(homeDir),
      TEMPORAL_ADDRESS: await temporalAddress(stage),
      HEDDLE_SECRET_KEYS: secretKeys,
      HEDDLE_ALLOWED_PRIVATE_HOSTS: "127.0.0.1",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  while (!printed.includes("worker is ready")) {
    const [chunk] = await Promise.race([once(worker.stdout, "data"), once(worker, "exit").then(() => [null])]);
    if (chunk === null) throw new Error(`the second host's worker ended:\n${printed}`);
    printed += chunk;
  }
  worker.stdout.resume();
  return {
    async stop() {
      const ended = once(worker, "exit");
      worker.kill("SIGTERM");
      await ended;
    },
  };
}

/** Has a host emptied, or no longer. */
export async function drain(stage: Stage, hostId: string, draining: boolean): Promise<void> {
  await stage.client.post(`/hosts/${hostId}/drain`, { draining }, `drain:${hostId}:${draining}:${Date.now()}`);
}

/** The host of the stack itself. */
export async function ownHost({ stack }: Stage): Promise<string> {
  return (await readFile(join(stack.homeDir, "host-id"), "utf8")).trim();
}
