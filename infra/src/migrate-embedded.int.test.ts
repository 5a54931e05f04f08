import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyBeforeMigration, finishPuttingBack, migrateEmbedded } from "./migrate-embedded.ts";
import { freePort } from "./ports.ts";
import { createPostgres, databaseName, ensureDatabase, type Postgres } from "./postgres.ts";
import { assertNotNewer } from "./schema-stamp.ts";

let dir: string;
let postgres: Postgres;
const ignore = () => undefined;
const dataDir = () => join(dir, "postgres");
const copy = () => copyBeforeMigration(dataDir());
const marker = () => `${dataDir()}.migrating`;
const isRoot = process.getuid?.() === 0;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "heddle-migrate-"));
});

afterEach(async () => {
  await postgres.service.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** A database with one migration and one row. */
async function begin(): Promise<void> {
  await start();
  await ensureDatabase(postgres, databaseName);
  writeMigration("1_notes", "CREATE TABLE notes (text text); INSERT INTO notes VALUES ('kept')");
  await migrate();
}

async function start(): Promise<void> {
  const options = { dataDir: dataDir(), port: await freePort(), password: "p" };
  postgres = await createPostgres(options, { runDir: dir, logsDir: dir, report: ignore });
  await postgres.service.start();
}

function writeMigration(name: string, sql: string): void {
  mkdirSync(join(dir, "migrations", name), { recursive: true });
  writeFileSync(join(dir, "migrations", name, "migration.sql"), sql);
}

function migrate(): Promise<void> {
  return migrateEmbedded(postgres, { dataDir: dataDir(), report: ignore, migrationsDir: join(dir, "migrations") });
}

async function rows(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: postgres.url() });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function leftovers(): string[] {
  return readdirSync(dir).filter((name) => /^postgres\.(before|failed|migrating)/.test(name));
}

/** Updates in a process of its own and kills it with its server once `isTime`. */
async function killMigration(isTime: () => boolean): Promise<void> {
  await postgres.service.stop();
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "testing/migrating.ts"), dir]);
  const ended = once(child, "exit");
  while (!isTime()) await sleep(10);
  child.kill("SIGKILL");
  await ended;
  const run = existsSync(join(dir, "postgres.json"))
    ? JSON.parse(readFileSync(join(dir, "postgres.json"), "utf8"))
    : null;
  if (run) process.kill(run.pid, "SIGKILL");
  await sleep(200);
}

test("data is copied before a later migration, not before the first", async () => {
  await begin();
  expect(existsSync(copy())).toBe(false);
  writeMigration("2_number", "ALTER TABLE notes ADD COLUMN number int DEFAULT 7");
  await migrate();
  expect(existsSync(join(copy(), "PG_VERSION"))).toBe(true);
  expect(existsSync(marker())).toBe(false);
  expect(await rows("SELECT * FROM notes")).toEqual([{ text: "kept", number: 7 }]);
});

test("when one of several migrations fails, the data is as it was before the first of them", async () => {
  await begin();
  writeMigration("2_drop", "DROP TABLE notes");
  writeMigration("3_broken", "ALTER TABLE nowhere ADD COLUMN number int");
  await expect(migrate()).rejects.toThrow(/3_broken failed .* was put back as it was before the update/);
  expect(leftovers()).toEqual([]);
  await postgres.service.start();
  expect(await rows("SELECT * FROM notes")).toEqual([{ text: "kept" }]);
  await expect(migrate(), "the second start fails in the same way").rejects.toThrow("3_broken");
  await postgres.service.start();
  rmSync(join(dir, "migrations", "2_drop"), { recursive: true });
  rmSync(join(dir, "migrations", "3_broken"), { recursive: true });
  await migrate();
  expect(await rows("SELECT * FROM notes")).toEqual([{ text: "kept" }]);
});

test("killed in the middle of an update, the next start still puts back what was there before the first attempt", async () => {
  await begin();
  writeMigration("2_drop", "DROP TABLE notes");
  writeMigration("3_slow", `COPY (SELECT 1) TO '${join(dir, "reached")}'; SELECT pg_sleep(600)`);
  await killMigration(() => existsSync(join(dir, "reached")));
  writeMigration("3_slow", "SELECT 1 / 0");
  await start();
  await expect(migrate()).rejects.toThrow(/3_slow failed .division by zero/);
  await postgres.service.start();
  expect(await rows("SELECT * FROM notes")).toEqual([{ text: "kept" }]);
});

test("killed in the middle of an update, the next start goes on with it", async () => {
  await begin();
  writeMigration("2_number", "ALTER TABLE notes ADD COLUMN number int DEFAULT 7");
  writeMigration("3_slow", `COPY (SELECT 1) TO '${join(dir, "reached")}'; SELECT pg_sleep(600)`);
  await killMigration(() => existsSync(join(dir, "reached")));
  writeMigration("3_slow", "SELECT 1");
  await start();
  await migrate();
  expect(await rows("SELECT * FROM notes")).toEqual([{ text: "kept", number: 7 }]);
  expect(existsSync(marker())).toBe(false);
});

test("killed while the copy is made, nothing has happened", async () => {
  await begin();
  writeMigration("2_number", "ALTER TABLE notes ADD COLUMN number int DEFAULT 7");
  await killMigration(() => existsSync(`${copy()}.new`));
  expect(existsSync(marker())).toBe(false);
  await start();
  expect(await rows("SELECT * FROM notes")).toEqual([{ text: "kept" }]);
  await migrate();
  expect(await rows("SELECT * FROM notes")).toEqual([{ text: "kept", number: 7 }]);
});

test.each([
  ["before the copy is in its place", () => renameSync(dataDir(), `${dataDir()}.failed-migration`)],
  [
    "after that",
    () => {
      renameSync(dataDir(), `${dataDir()}.failed-migration`);
      renameSync(copy(), dataDir());
    },
  ],
])("killed while the copy is put back, %s, the next start ends it", async (_, strike) => {
  await begin();
  writeMigration("2_drop", "DROP TABLE notes");
  await migrate();
  await postgres.service.stop();
  writeFileSync(marker(), "");
  strike();
  await finishPuttingBack(dataDir(), ignore);
  await start();
  expect(await rows("SELECT * FROM notes")).toEqual([{ text: "kept" }]);
  expect(leftovers()).toEqual([]);
});

test("a copy that cannot be written is removed, and nothing is changed", async () => {
  await begin();
  execFileSync("mkfifo", [join(dataDir(), "pipe")]);
  writeMigration("2_number", "ALTER TABLE notes ADD COLUMN number int DEFAULT 7");
  await expect(migrate()).rejects.toThrow(/copy of the database .* could not be written .* Nothing was changed/);
  expect(existsSync(copy()) || existsSync(`${copy()}.new`) || existsSync(marker())).toBe(false);
  await postgres.service.start();
  expect(await rows("SELECT * FROM notes")).toEqual([{ text: "kept" }]);
});

test.runIf(isRoot)("a disk without room for the copy is named before anything is written", async () => {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=100m", "tmpfs", dir]);
  try {
    await begin();
    writeMigration("2_number", "ALTER TABLE notes ADD COLUMN number int DEFAULT 7");
    await expect(migrate()).rejects.toThrow(/needs \d+ MB on the disk of .* are free/);
    await postgres.service.start();
    expect(await rows("SELECT * FROM notes")).toEqual([{ text: "kept" }]);
    await postgres.service.stop();
  } finally {
    execFileSync("umount", ["--lazy", dir]);
  }
});

test("data of a newer version is refused before a server touches it", async () => {
  await begin();
  writeMigration("2_newer", "ALTER TABLE notes ADD COLUMN number int");
  await migrate();
  await postgres.service.stop();
  rmSync(join(dir, "migrations", "2_newer"), { recursive: true });
  const times = () => readdirSync(dataDir()).map((name) => [name, statSync(join(dataDir(), name)).mtimeMs]);
  const before = times();
  expect(() => assertNotNewer(dataDir(), join(dir, "migrations"))).toThrow(
    /another version of Heddle \(its migration 2_newer is not known here/,
  );
  expect(times()).toEqual(before);
});
