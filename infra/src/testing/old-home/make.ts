import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import pg from "pg";
import { buildToolEnv } from "../../env.ts";
import { freePort } from "../../ports.ts";
import { createPostgres, type Postgres } from "../../postgres.ts";
import { endProcess, identify } from "../../process-identity.ts";
import { root } from "../../root.ts";
import { createApiClient } from "../api-client.ts";
import { recordedPids } from "../stack-process.ts";
import { oldHomeFacts } from "./facts.ts";
import { fillHome } from "./fill.ts";

/**
 * `npx tsx infra/src/testing/old-home/make.ts <checkout>`: runs the stack of a checkout (of an earlier commit, with its
 * dependencies installed), gives it some of everything, kills all of it in mid-command, and keeps the home as
 * `<commit>.tar.br` beside this file. Run it for each release, so that the next ones prove that they open it.
 */
const checkout = resolve(process.argv[2] ?? root);
const { owner, project } = oldHomeFacts;
const dir = mkdtempSync(join(tmpdir(), "heddle-old-home-"));
const home = join(dir, "home");

try {
  const port = await freePort();
  const supervisor = await start(port);
  await fillHome(createApiClient(`http://127.0.0.1:${port}`, owner.token), home, makeSource());
  const { postgres, ...others } = recordedPids(home);
  supervisor.kill("SIGKILL");
  for (const pid of Object.values(others)) process.kill(pid, "SIGKILL");
  const server = identify(postgres ?? -1);
  if (server) await endProcess(server, "SIGINT", 20_000);
  await shrinkDatabase();
  for (const name of ["logs", "run"]) rmSync(join(home, name), { recursive: true });
  pack();
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function start(port: number) {
  const env = buildToolEnv({
    HEDDLE_HOME: home,
    HEDDLE_PORT: String(port),
    HEDDLE_BOOTSTRAP_EMAIL: owner.email,
    HEDDLE_BOOTSTRAP_PASSWORD: owner.password,
    HEDDLE_BOOTSTRAP_TOKEN: owner.token,
  });
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const child = spawn(process.execPath, ["infra/bootstrap/start.mjs"], { cwd: checkout, env, stdio: [...stdio] });
  for (let printed = ""; !printed.includes("Heddle is ready"); ) {
    const [chunk] = await once(child.stdout, "data");
    printed += chunk;
    process.stdout.write(chunk);
  }
  return child;
}

/** A repository to work on, which is gone when the home is opened. */
function makeSource(): string {
  const source = join(dir, "source");
  mkdirSync(source);
  writeFileSync(join(source, project.file), "over, under\n");
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.test"];
  for (const args of [
    ["init", "-qb", "main"],
    ["add", "-A"],
    [...identity, "commit", "-qm", "Begin"],
  ])
    execFileSync("git", args, { cwd: source });
  return source;
}

/** Leaves as little as possible behind: no dead rows, one segment of the write-ahead log. */
async function shrinkDatabase(): Promise<void> {
  const { secrets } = { secrets: JSON.parse(readFileSync(join(home, "secrets.json"), "utf8")) };
  const postgres: Postgres = await createPostgres(
    {
      dataDir: join(home, "postgres"),
      port: await freePort(),
      password: secrets.postgresPassword,
      settings: { wal_recycle: "off", min_wal_size: "32MB" },
    },
    { runDir: dir, logsDir: dir, report: console.log },
  );
  await postgres.service.start();
  const client = new pg.Client({ connectionString: postgres.url() });
  await client.connect();
  for (const sql of ["VACUUM (FULL, ANALYZE)", "SELECT pg_switch_wal()", "CHECKPOINT"]) await client.query(sql);
  await client.end();
  await postgres.service.stop();
}

function pack(): void {
  const commit = execFileSync("git", ["rev-parse", "--short=7", "HEAD"], { cwd: checkout, encoding: "utf8" }).trim();
  const tar = execFileSync("tar", ["-C", home, "--owner=0", "--group=0", "--sort=name", "-cf", "-", "."], {
    maxBuffer: 2 ** 30,
  });
  const file = join(import.meta.dirname, `${commit}.tar.br`);
  const params = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: tar.length };
  writeFileSync(file, brotliCompressSync(tar, { params }));
  console.log(`${file}: ${statSync(file).size} bytes, ${tar.length} unpacked`);
}
