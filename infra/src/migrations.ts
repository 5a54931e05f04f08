import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { root } from "./root.ts";
import { messageOf, StartFailure } from "./start-failure.ts";

type Migration = { name: string; sql: string; checksum: string };

const migrationsDir = join(root, "prisma", "migrations");

/** The number under which Prisma's own migrate command takes its advisory lock. */
const advisoryLock = 72_707_369;

// As Prisma makes it, so that `prisma migrate deploy` can take over at any time.
const bookkeeping = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

export type MigrationState = { applied: number; pending: Migration[] };

/** @throws StartFailure if the database was made by other migrations than those of this checkout */
export async function readMigrationState(url: string, dir = migrationsDir): Promise<MigrationState> {
  return withClient(url, (client) => stateOf(client, dir));
}

/** Applies what is pending, each migration in a transaction with its own record. @returns the names of those applied */
export async function applyMigrations(url: string, dir = migrationsDir): Promise<string[]> {
  return withClient(url, async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [advisoryLock]);
    await client.query(bookkeeping);
    const { pending } = await stateOf(client, dir);
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  });
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new StartFailure(`the migration ${name} failed (${messageOf(error)}); the database is as it was before.`, {
      cause: error,
    });
  }
}

async function stateOf(client: pg.Client, dir: string): Promise<MigrationState> {
  const migrations = readMigrations(dir);
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const exists = await client.query(`SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS "exists"`);
  const applied: { migration_name: string; checksum: string }[] = exists.rows[0]?.exists
    ? (
        await client.query(
          `SELECT migration_name, checksum FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
        )
      ).rows
    : [];
  for (const { migration_name: name, checksum } of applied) {
    if (known.get(name)?.checksum === checksum) continue;
    throw new StartFailure(
      `the database was made by another version of Heddle (its migration ${name} is not the one here); use that version, or another HEDDLE_HOME.`,
    );
  }
  const names = new Set(applied.map(({ migration_name }) => migration_name));
  return { applied: applied.length, pending: migrations.filter(({ name }) => !names.has(name)) };
}

function readMigrations(dir: string): Migration[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const sql = readFileSync(join(dir, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "heddle-migrations" });
  try {
    await client.connect();
  } catch (error) {
    throw new StartFailure(`PostgreSQL cannot be reached (${messageOf(error)}); check DATABASE_URL.`, { cause: error });
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
