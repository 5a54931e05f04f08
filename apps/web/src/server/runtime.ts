import { setMaxListeners } from "node:events";
import { createDatabase, type Database } from "@heddle/db/database";
import { createSecretBox, type SecretBox } from "@heddle/db/secrets";
import { createLog, type Log } from "@heddle/telemetry/log";
import { type Env, readEnv } from "../env.ts";
import { type AttemptLimits, createAttemptLimits } from "./attempt-limits.ts";
import { createHub, type Hub } from "./hub.ts";
import { createPresence, type Presence } from "./presence.ts";
import { createWorkflows, type Workflows } from "./temporal.ts";

/** What the process has once, however many bundles Next makes of this module. */
export type Runtime = {
  env: Env;
  log: Log;
  db: Database;
  secrets: SecretBox;
  hub: Hub;
  presence: Presence;
  workflows: Workflows;
  limits: AttemptLimits;
  /** Aborted when the process is to stop: open streams end. */
  stopping: AbortSignal;
  stopStreams(): void;
  /** Once nothing is asked any more. */
  close(): Promise<void>;
};

const key = Symbol.for("heddle.web.runtime");
const slot = globalThis as { [key]?: Runtime };

const poolSize = 10;

export function createRuntime(env: Env): Runtime {
  const stop = new AbortController();
  // Each open stream listens; without this, the eleventh brings a warning about a leak.
  setMaxListeners(0, stop.signal);
  const log = createLog({ name: "web", level: env.LOG_LEVEL });
  const db = createDatabase({ url: env.DATABASE_URL, poolSize });
  const hub = createHub({ url: env.DATABASE_URL, db, log });
  const presence = createPresence({ hub, publisher: db.publisher });
  const workflows = createWorkflows({ address: env.TEMPORAL_ADDRESS, log });
  const limits = createAttemptLimits({ url: env.DATABASE_URL });
  return {
    env,
    log,
    db,
    secrets: createSecretBox(env.HEDDLE_SECRET_KEYS),
    hub,
    presence,
    workflows,
    limits,
    stopping: stop.signal,
    stopStreams: () => stop.abort(),
    async close() {
      stop.abort();
      presence.close();
      await Promise.allSettled([hub.close(), workflows.close(), limits.close()]);
      await db.close();
    },
  };
}

/** The process's runtime, made on first use. */
export function runtime(): Runtime {
  slot[key] ??= createRuntime(readEnv());
  return slot[key];
}

/** The runtime if one was made: for whoever stops the process. */
export function currentRuntime(): Runtime | undefined {
  return slot[key];
}
