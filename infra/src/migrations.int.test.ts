import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestDatabase, type TestDatabase } from "@heddle/db/testing/test-database";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyMigrations, readMigrationState } from "./migrations.ts";
import { root } from "./root.ts";

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

test("migrations that are applied are not applied again", async () => {
  const before = await readMigrationState(database.url);
  expect(before.pending).toEqual([]);
  expect(before.applied).not.toEqual([]);
  expect(await applyMigrations(database.url)).toEqual([]);
  expect(await readMigrationState(database.url)).toEqual(before);
});

test("two processes may migrate an empty database at once", async () => {
  await client.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public`);
  const [first, second] = await Promise.all([applyMigrations(database.url), applyMigrations(database.url)]);
  expect([...first, ...second].sort()).toEqual([...new Set([...first, ...second])].sort());
  expect((await readMigrationState(database.url)).pending).toEqual([]);
});

test("a database made by other migrations is refused", async () => {
  await client.query(`UPDATE "_prisma_migrations" SET checksum = 'other'`);
  await expect(readMigrationState(database.url)).rejects.toThrow("another version of Heddle");
  await client.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public`);
  await applyMigrations(database.url);
});

test("a migration that fails is named, with the way back; those before it stay", async () => {
  const dir = mkdtempSync(join(tmpdir(), "heddle-migrations-"));
  const write = (name: string, sql: string) => {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, "migration.sql"), sql);
  };
  await client.query("CREATE DATABASE failing");
  const url = new URL(database.url);
  url.pathname = "/failing";
  write("1_good", "CREATE TABLE notes (text text)");
  write("2_bad", "DROP TABLE notes; SELECT 1 / 0");
  await expect(applyMigrations(url.href, dir)).rejects.toThrow(/2_bad failed \(division by zero\).*npm run restore/);
  const { applied, pending } = await readMigrationState(url.href, dir);
  expect([applied.map(({ name }) => name), pending.map(({ name }) => name)]).toEqual([["1_good"], ["2_bad"]]);
  rmSync(join(dir, "1_good"), { recursive: true });
  await expect(readMigrationState(url.href, dir)).rejects.toThrow("1_good is not known here");
  await client.query("DROP DATABASE failing");
  rmSync(dir, { recursive: true });
});

test("a database that holds something else is left alone", async () => {
  await client.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE recipes (text text)`);
  await expect(applyMigrations(database.url)).rejects.toThrow("holds something else already (the table recipes)");
  const { rows } = await client.query("SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'public'");
  expect(rows).toEqual([{ count: 1 }]);
  await client.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public`);
  await applyMigrations(database.url);
});

test("a migration that another program has begun and not finished is named", async () => {
  await client.query(`INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ('x', '', '9_half')`);
  await expect(readMigrationState(database.url)).rejects.toThrow("9_half was begun by another program");
  await client.query(`DELETE FROM "_prisma_migrations" WHERE id = 'x'`);
});

test.each([
  `UPDATE "AuditEvent" SET "actorName" = 'somebody else'`,
  `DELETE FROM "AuditEvent"`,
  `TRUNCATE "AuditEvent"`,
])("the audit log refuses %s", async (sql) => {
  await client.query(
    `INSERT INTO "AuditEvent" VALUES ('w', $1, now(), 'a', 'user', 'Ada', 'web', NULL, 'x', 'y', 'z', 'ok', '{}', '', '')`,
    [Math.floor(Math.random() * 1e9)],
  );
  await expect(client.query(sql)).rejects.toThrow("append-only");
});

test("the last migration leads to the present schema", () => {
  const read = (path: string) => readFileSync(join(root, "prisma", path), "utf8");
  expect(read("migrations/last-schema.prisma"), "run: npm run migration -- <name>").toBe(read("schema.prisma"));
});
