import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyMigrations, readMigrationState } from "./migrations.ts";
import { root } from "./root.ts";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.ts";

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
