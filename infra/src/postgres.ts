import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { hasFiles } from "./disk.ts";
import { inheritedEnv } from "./env.ts";
import { describeProblem, findFolderProblem } from "./postgres-folder.ts";
import { findPostgresPrograms, type PostgresPrograms } from "./postgres-programs.ts";
import { identify } from "./process-identity.ts";
import { createService, type Service, type ServiceHost } from "./service.ts";
import { messageOf, repairHint, StartFailure } from "./start-failure.ts";

export const databaseName = "heddle";
const userName = "heddle";

export type Postgres = {
  service: Service;
  /** Of the database `heddle` unless another is named. */
  url(database?: string): string;
};

/**
 * A real PostgreSQL server on loopback whose data lives in `dataDir`, made when missing.
 * @param options.settings server settings besides the stack's own
 * @throws StartFailure if the data folder is not one of this PostgreSQL; nothing in it is changed
 */
export async function createPostgres(
  options: { dataDir: string; port: number; password: string; settings?: Record<string, string> },
  host: ServiceHost,
): Promise<Postgres> {
  const { dataDir, port, password } = options;
  const programs = await findPostgresPrograms();
  if (hasFiles(dataDir)) checkDataFolder(dataDir, programs);
  else initialise(dataDir, password, programs);
  forgetForeignPid(dataDir);
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    wal_level: "minimal",
    max_wal_senders: "0",
    ...options.settings,
  };
  const [command = programs.postgres, ...prefix] = programs.prefix;
  const url = (database = databaseName) => embeddedUrl({ port, password, database });
  const service = createService(
    {
      name: "postgres",
      command,
      args: [
        ...prefix,
        ...(programs.prefix.length > 0 ? [programs.postgres] : []),
        ...["-D", dataDir, "-p", String(port)],
        ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      env: inheritedEnv(),
      isReady: () => answersQueries(url("postgres")),
      stopSignal: "SIGINT",
      stopGraceMs: 20_000,
      // After a power cut it first has to catch up.
      readyTimeoutMs: 300_000,
      explainFailure: (logFile) =>
        `PostgreSQL cannot run on ${dataDir} (${lastComplaint(logFile)}); the data was left as it is, the whole story is in ${logFile}. ${repairHint}`,
    },
    host,
  );
  return { service, url };
}

export function embeddedUrl(options: { port: number; password: string; database?: string }): string {
  const { port, password, database = databaseName } = options;
  return `postgresql://${userName}:${password}@127.0.0.1:${port}/${database}`;
}

/** Makes the database if it does not exist yet. */
export async function ensureDatabase(postgres: Postgres, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url("postgres") });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

function checkDataFolder(dataDir: string, { major }: PostgresPrograms): void {
  const problem = findFolderProblem(dataDir, major);
  if (!problem) return;
  throw new StartFailure(`${describeProblem(dataDir, problem, major)}; nothing was changed. ${repairHint}`);
}

/** Makes the data folder beside its place and moves it there whole, so that an interrupted start leaves no half of one. */
export function initialise(dataDir: string, password: string, programs: PostgresPrograms): void {
  const draft = mkdtempSync(`${dataDir}.new-`);
  const passwordFile = `${draft}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const [command = "", ...args] = [
    ...programs.prefix,
    programs.initdb,
    ...["--pgdata", draft, "--username", userName, "--pwfile", passwordFile, "--auth", "scram-sha-256"],
    ...["--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"],
  ];
  const result = spawnSync(command, args, { env: inheritedEnv(), encoding: "utf8" });
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    const reason = result.stderr?.trim().split("\n").at(-1) ?? result.error?.message;
    throw new StartFailure(`PostgreSQL's data folder could not be made (${reason}).`);
  }
  renameSync(draft, dataDir);
}

/** PostgreSQL refuses to start while the pid of an earlier run exists, even if it belongs to another program by now. */
function forgetForeignPid(dataDir: string): void {
  const file = join(dataDir, "postmaster.pid");
  if (existsSync(file) && !runsIn(dataDir, Number(readFileSync(file, "utf8").split("\n")[0])))
    rmSync(file, { force: true });
}

/** A PostgreSQL server works in its data folder; one with that pid may be another's. */
function runsIn(dataDir: string, pid: number): boolean {
  try {
    return identify(pid) !== null && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir);
  } catch {
    return false;
  }
}

/**
 * Whether the server takes part in life yet.
 * @throws StartFailure when it answers that it never will: waiting longer does not help
 */
export async function answersQueries(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError) assertComing(error);
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

const wrongPassword = "28P01";

/** Of a failure to start: whether the server runs and only does not let Heddle in. */
export function isWrongPassword(failure: unknown): boolean {
  return (
    failure instanceof StartFailure && failure.cause instanceof pg.DatabaseError && failure.cause.code === wrongPassword
  );
}

/** It starts, stops, recovers, or has no connection left. */
const comingCodes = ["57P01", "57P02", "57P03", "53300"];

function assertComing(error: pg.DatabaseError): void {
  if (comingCodes.includes(error.code ?? "")) return;
  const reason =
    error.code === wrongPassword
      ? "secrets.json holds another password than its own: the two are not of the same home"
      : messageOf(error);
  throw new StartFailure(`PostgreSQL refuses Heddle (${reason}); nothing was changed. ${repairHint}`, { cause: error });
}

function lastComplaint(logFile: string): string {
  const lines = readFileSync(logFile, "utf8").trim().split("\n");
  const complaint = lines.findLast((line) => /PANIC|FATAL|error/.test(line)) ?? lines.at(-1) ?? "no message";
  return complaint.replace(/^.*?(?=PANIC|FATAL|ERROR)/, "");
}
