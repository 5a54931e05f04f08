import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inheritedEnv } from "./env.ts";
import { acceptsConnections } from "./ready.ts";
import { runProgram } from "./run-program.ts";
import { createService, type Service, type ServiceHost } from "./service.ts";
import { StartFailure } from "./start-failure.ts";
import type { TemporalBinary } from "./temporal-binary.ts";
import { hasUserName, ordinaryUserPrefix } from "./user-namespace.ts";

/** Without these each hop of a workflow waits for a poll, 50 ms. */
const pollRates = {
  "history.transferProcessorMaxPollRPS": "2000",
  "history.timerProcessorMaxPollRPS": "2000",
};
const fileSuffixes = ["", "-wal", "-shm"];

/**
 * A Temporal development server on loopback with its state in `dataDir`. The state is a cache: PostgreSQL holds the
 * truth, so another server version starts with a new file and the old one is put aside.
 */
export function createTemporal(
  options: { binary: TemporalBinary; dataDir: string; port: number; dynamicConfig?: Record<string, string> },
  host: ServiceHost,
): Service {
  const { binary, dataDir, port, dynamicConfig = {} } = options;
  const file = join(dataDir, "temporal.db");
  const versionFile = join(dataDir, "version");
  const version = existsSync(versionFile) ? readFileSync(versionFile, "utf8") : binary.version;
  if (version !== binary.version) putAside(file);
  writeFileSync(versionFile, binary.version);
  const address = `127.0.0.1:${port}`;
  // It does not start for a user without a name.
  const [command = binary.path, ...before] = hasUserName() ? [] : [...ordinaryUserPrefix(), binary.path];
  return createService(
    {
      name: "temporal",
      command,
      args: [
        ...before,
        ...["server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", String(port)],
        ...["--db-filename", file, "--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=1"],
        ...Object.entries({ ...pollRates, ...dynamicConfig }).flatMap(([name, value]) => [
          "--dynamic-config-value",
          `${name}=${value}`,
        ]),
        ...["--log-level", "warn"],
      ],
      env: inheritedEnv(),
      isReady: async () => (await acceptsConnections(port)) && (await hasNamespace(binary, address)),
      // It takes further ports by itself, which somebody else may get first.
      firstStarts: 3,
      // Its file survives a kill, and just after its first start it takes long to stop.
      stopGraceMs: 5_000,
    },
    host,
  );
}

const reachableWithinMs = 10_000;

/** @throws StartFailure if nothing comes to listen at an outside server's address, `host:port` */
export async function assertTemporalAnswers(address: string): Promise<void> {
  const at = address.lastIndexOf(":");
  const host = address.slice(0, at).replace(/^\[|\]$/g, "");
  const giveUpAt = Date.now() + reachableWithinMs;
  do {
    if (await acceptsConnections(Number(address.slice(at + 1)), host)) return;
    await sleep(200);
  } while (Date.now() < giveUpAt);
  throw new StartFailure(`the Temporal server at ${address} cannot be reached; check TEMPORAL_ADDRESS.`);
}

async function hasNamespace({ path }: TemporalBinary, address: string): Promise<boolean> {
  const args = ["operator", "namespace", "describe", "-n", "default", "--address", address];
  return (await runProgram(path, args, { env: inheritedEnv(), timeoutMs: 5_000 })).ok;
}

function putAside(file: string): void {
  for (const suffix of fileSuffixes) if (existsSync(file + suffix)) renameSync(file + suffix, `${file}.old${suffix}`);
}
