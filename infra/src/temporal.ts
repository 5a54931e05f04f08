import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inheritedEnv } from "./env.ts";
import { fileTime } from "./file-time.ts";
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
  const service = createService(
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
      stopGraceMs: 1_500,
    },
    host,
  );
  return { ...service, start: () => startOnGoodFile(service, file, host) };
}

/** A file that the server cannot use is put aside for a new one: Temporal holds nothing that PostgreSQL does not. */
async function startOnGoodFile(service: Service, file: string, host: ServiceHost): Promise<void> {
  const log = join(host.logsDir, "temporal.log");
  if (complainsOfFile(log)) putAsideDamaged(file, log, host);
  try {
    await service.start();
  } catch (error) {
    if (!complainsOfFile(log) || host.signal?.aborted) throw error;
    putAsideDamaged(file, log, host);
    await service.start();
  }
}

/** As SQLite says it; also what it said of a file in the middle of the last run. */
const damage = /file is not a database|disk image is malformed|no such table|disk I\/O error/;
const logTailBytes = 256 * 1024;

function complainsOfFile(log: string): boolean {
  return existsSync(log) && damage.test(readFileSync(log).subarray(-logTailBytes).toString());
}

/** With its log, so that an old complaint does not cost the new file too. */
function putAsideDamaged(file: string, log: string, { report }: ServiceHost): void {
  const name = `${file}.damaged-${fileTime()}`;
  for (const suffix of fileSuffixes) if (existsSync(file + suffix)) renameSync(file + suffix, name + suffix);
  renameSync(log, `${log}.1`);
  if (!existsSync(name)) return;
  report(
    `Temporal's file is damaged. It was put aside as ${name}, and a new one begun; no thread loses anything by that`,
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
