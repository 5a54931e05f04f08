import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Env } from "./env.ts";
import { assertDatabaseNotLost, type HomePaths, isUsed } from "./home.ts";
import { type HomeLock, lockHome } from "./home-lock.ts";
import { finishPuttingBack } from "./migrate-embedded.ts";
import { freePort } from "./ports.ts";
import { answersQueries, createPostgres, embeddedUrl } from "./postgres.ts";
import { endOrphans } from "./run-records.ts";
import { readSecrets } from "./secrets.ts";
import { repairHint, StartFailure } from "./start-failure.ts";

type Context = {
  env: Env;
  home: HomePaths /** for whoever wants the home meanwhile */;
  purpose: string;
  report: (line: string) => void;
};

/**
 * Gives `work` the database of a home: the operator's own server, that of the stack which runs on the home, or the
 * home's own, started for the time being and with nobody else let into the home.
 * @throws StartFailure
 */
export async function withHomeDatabase<T>(context: Context, work: (url: string) => Promise<T>): Promise<T> {
  const { env, home, purpose } = context;
  const exists = env.DATABASE_URL ? existsSync(home.dir) : isUsed(home);
  if (!exists) throw new StartFailure(`there is no home in ${home.dir}; name it with HEDDLE_HOME.`);
  if (env.DATABASE_URL) return work(env.DATABASE_URL);
  const found = readSecrets(home.secretsFile);
  if (found.state !== "whole") throw new StartFailure(`${home.secretsFile} is ${found.state}. ${repairHint}`);
  const { postgresPassword: password } = found.secrets;
  const lock = await lockHome(home.dir, purpose).catch((error: Error) => error);
  if (!(lock instanceof Error)) return withOwnServer(context, password, lock, work);
  const url = embeddedUrl({ port: runningPort(home, lock), password });
  if (await answersQueries(url)) return work(url);
  throw new StartFailure(`${lock.message} Its database does not answer; try again in a moment, or stop it first.`);
}

async function withOwnServer<T>(
  { home, report }: Context,
  password: string,
  lock: HomeLock,
  work: (url: string) => Promise<T>,
): Promise<T> {
  try {
    mkdirSync(home.logsDir, { recursive: true, mode: 0o700 });
    await endOrphans(home.runDir);
    await finishPuttingBack(home.postgresDir, report);
    assertDatabaseNotLost(home);
    const postgres = await createPostgres(
      { dataDir: home.postgresDir, port: await freePort(), password },
      { runDir: home.runDir, logsDir: home.logsDir, report, endWithParent: true },
    );
    await postgres.service.start();
    return await work(postgres.url()).finally(() => postgres.service.stop());
  } finally {
    lock.release();
  }
}

/** From the fourth line of the server's own note. @throws the reason why the home is taken, if no server runs there */
function runningPort(home: HomePaths, taken: Error): number {
  try {
    return Number(readFileSync(join(home.postgresDir, "postmaster.pid"), "utf8").split("\n")[3]);
  } catch {
    throw taken;
  }
}
