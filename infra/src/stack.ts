import { watchFile } from "node:fs";
import { join } from "node:path";
import type { Env } from "./env.ts";
import { assertDatabaseNotLost, openHome } from "./home.ts";
import { type HomeLock, lockHome } from "./home-lock.ts";
import { ensureHostId } from "./host-id.ts";
import { finishPuttingBack, migrateEmbedded } from "./migrate-embedded.ts";
import { applyMigrations } from "./migrations.ts";
import { noteRestore } from "./note-restore.ts";
import { assertPortFree, freePort } from "./ports.ts";
import { createPostgres, databaseName, ensureDatabase } from "./postgres.ts";
import { type Addresses, type ProgramSpecs, publicUrl } from "./programs.ts";
import { root } from "./root.ts";
import { endOrphans } from "./run-records.ts";
import { assertNotNewer } from "./schema-stamp.ts";
import { lostKeys } from "./sealed-keys.ts";
import { type SignIn, seed } from "./seed.ts";
import { createService, type Service, type ServiceHost } from "./service.ts";
import { messageOf } from "./start-failure.ts";
import { assertTemporalAnswers, createTemporal } from "./temporal.ts";
import { findTemporal } from "./temporal-binary.ts";

export type Stack = {
  /** Resolves when everything is ready. @throws StartFailure; call `stop` then, too */
  start(): Promise<{ url: string; signIn: SignIn }>;
  /** Stops what was started. */
  stop(): Promise<void>;
};

/** Those that use a server stop before the server. */
const stopOrder = [
  ["web", "worker", "demo-model"],
  ["temporal", "postgres"],
];

/** The embedded stack: PostgreSQL, Temporal, demo model, worker, web. */
export function createStack(env: Env, programs: ProgramSpecs, report: (line: string) => void): Stack {
  const abort = new AbortController();
  const services = new Map<string, Service>();
  const home = openHome(env.HEDDLE_HOME, report);
  const host: ServiceHost = { runDir: home.runDir, logsDir: home.logsDir, report, signal: abort.signal };
  let lock: HomeLock | undefined;

  async function startPostgres(): Promise<string> {
    if (env.DATABASE_URL) {
      await applyMigrations(env.DATABASE_URL);
      return env.DATABASE_URL;
    }
    await finishPuttingBack(home.postgresDir, report);
    assertDatabaseNotLost(home);
    assertNotNewer(home.postgresDir);
    const options = { dataDir: home.postgresDir, port: await freePort(), password: home.secrets.postgresPassword };
    const postgres = await createPostgres(options, host);
    await begin(postgres.service);
    await ensureDatabase(postgres, databaseName);
    await migrateEmbedded(postgres, { dataDir: home.postgresDir, report });
    return postgres.url();
  }

  async function startTemporal(): Promise<string> {
    if (env.TEMPORAL_ADDRESS) {
      await assertTemporalAnswers(env.TEMPORAL_ADDRESS);
      return env.TEMPORAL_ADDRESS;
    }
    const binary = await findTemporal(env.HEDDLE_TEMPORAL_BIN, { report, signal: abort.signal });
    report(`Temporal server: ${binary.path}, from ${binary.origin}`);
    const port = await freePort();
    await begin(createTemporal({ binary, dataDir: home.temporalDir, port }, host));
    return `127.0.0.1:${port}`;
  }

  function begin(service: Service): Promise<void> {
    // A stop that came in between must not be followed by another start.
    abort.signal.throwIfAborted();
    services.set(service.name, service);
    return service.start();
  }

  /** Waits until all have settled, so that nothing is still starting when one has failed; the first failure ends the rest. */
  async function together<T extends unknown[]>(...starts: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
    let firstFailure: unknown;
    const watched = starts.map((start) =>
      start.catch((error: unknown) => {
        firstFailure ??= error;
        abort.abort();
      }),
    );
    await Promise.all(watched);
    if (firstFailure !== undefined) throw firstFailure;
    return Promise.all(starts) as Promise<T>;
  }

  /** `npm run dev` writes this file after each build of the program. */
  function restartWhenRebuilt(name: string): void {
    let restarts = Promise.resolve();
    watchFile(join(root, ".cache", `rebuilt-${name}.stamp`), { interval: 300 }, (now, before) => {
      if (now.mtimeMs === before.mtimeMs) return;
      restarts = restarts.then(() => services.get(name)?.restart()).catch((error) => report(messageOf(error)));
    });
  }

  return {
    async start() {
      lock = await lockHome(home.dir, publicUrl(env));
      const orphans = await endOrphans(home.runDir);
      if (orphans.length > 0) report(`Ended what an earlier run left behind: ${orphans.join(", ")}`);
      await assertPortFree(env.HEDDLE_PORT, env.HEDDLE_HOST);

      const [databaseUrl, temporalAddress] = await together(startPostgres(), startTemporal());
      await noteRestore(home.dir, databaseUrl);
      await ensureHostId({ homeDir: home.dir, databaseUrl, report });
      for (const loss of await lostKeys(databaseUrl, env.HEDDLE_SECRET_KEYS ?? home.secrets.secretKeys)) report(loss);
      const addresses: Addresses = {
        databaseUrl,
        temporalAddress,
        demoPort: await freePort(),
        workerPort: await freePort(),
      };
      const demoModel = { baseUrl: `http://127.0.0.1:${addresses.demoPort}/v1`, models: ["demo"] };
      const signIn = await seed(env, home, { databaseUrl, demoModel });
      const specs = programs(env, home, addresses);
      await together(...specs.map((spec) => begin(createService(spec, host))));
      if (env.HEDDLE_DEV === "1") for (const spec of specs) restartWhenRebuilt(spec.name);
      return { url: publicUrl(env), signIn };
    },
    async stop() {
      abort.abort();
      lock?.stopping();
      for (const names of stopOrder) await Promise.all(names.map((name) => services.get(name)?.stop()));
      lock?.release();
    },
  };
}
