import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrateEmbedded } from "./migrate-embedded.ts";
import { freePort } from "./ports.ts";
import { createPostgres, databaseName, ensureDatabase, type Postgres } from "./postgres.ts";

let dir: string;
let postgres: Postgres;
const ignore = () => undefined;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "heddle-migrate-"));
  const options = { dataDir: join(dir, "postgres"), port: await freePort(), password: "p" };
  postgres = await createPostgres(options, { runDir: dir, logsDir: dir, report: ignore });
  await postgres.service.start();
  await ensureDatabase(postgres, databaseName);
  writeMigration("1_notes", "CREATE TABLE notes (text text); INSERT INTO notes VALUES ('kept')");
  await migrate();
});

afterEach(async () => {
  await postgres.service.stop();
  rmSync(dir, { recursive: true, force: true });
});

function writeMigration(name: string, sql: string): void {
  mkdirSync(join(dir, "migrations", name), { recursive: true });
  writeFileSync(join(dir, "migrations", name, "migration.sql"), sql);
}

function migrate(): Promise<void> {
  return migrateEmbedded(postgres, {
    dataDir: join(dir, "postgres"),
    report: ignore,
    migrationsDir: join(dir, "migrations"),
  });
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

test("data is copied before a later migration, not before the first", async () => {
  const copy = join(dir, "postgres.before-migration");
  expect(existsSync(copy)).toBe(false);
  writeMigration("2_number", "ALTER TABLE notes ADD COLUMN number int DEFAULT 7");
  await migrate();
  expect(existsSync(join(copy, "PG_VERSION"))).toBe(true);
  expect(await rows("SELECT * FROM notes")).toEqual([{ text: "kept", number: 7 }]);
});

test("when one of several migrations fails, the data is as it was before the first of them", async () => {
  writeMigration("2_drop", "DROP TABLE notes");
  writeMigration("3_broken", "ALTER TABLE nowhere ADD COLUMN number int");
  await expect(migrate()).rejects.toThrow("3_broken");
  await postgres.service.start();
  expect(await rows("SELECT * FROM notes")).toEqual([{ text: "kept" }]);
  rmSync(join(dir, "migrations", "2_drop"), { recursive: true });
  rmSync(join(dir, "migrations", "3_broken"), { recursive: true });
  await migrate();
});
