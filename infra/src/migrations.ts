import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { root } from "./root.ts";
import { messageOf, StartFailure } from "./start-failure.ts";

export type Migration = { name: string; sql: string; checksum: string };

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

/** The sentence is for a server of the operator's own, which has no copy that could be put back. */
export class MigrationFailure extends StartFailure {
  readonly what: string;

  constructor(migration: string, cause: unknown) {
    const what = `the migration ${migration} failed (${messageOf(cause)})`;
    super(
      `${what}; the database is as it was before this one. To go back to the version that you had, restore the backup made before the update: \`npm run restore -- <file>\`.`,
      { cause },
    );
    this.what = what;
  }
}

export type MigrationState = { applied: Pick<Migration, "name" | "checksum">[]; pending: Migration[] };

/** @throws StartFailure if the database is not one of this version of Heddle or of an earlier one */
export async function readMigrationState(url: string, dir = migrationsDir): Promise<MigrationState> {
  return withClient(url, (client) => stateOf(client, dir));
}

/**
 * Applies what is pending, each migration in a transaction with its own record.
 * @returns the names of those applied
 * @throws StartFailure that names the one that failed
 */
export async function applyMigrations(url: string, dir = migrationsDir): Promise<string[]> {
  return withClient(url, async (client) => {
    // The limits of the server's role are for queries. Here only a table that is never let go is a reason to give up.
    await client.query("SET statement_timeout = 0");
    await client.query("SELECT pg_advisory_lock($1)", [advisoryLock]);
    await client.query("SET lock_timeout = '60s'");
    const { pending } = await stateOf(client, dir);
    await applyAll(client, pending);
    return pending.map(({ name }) => name);
  });
}

/** Applies migrations where the connection's `search_path` points. */
export async function applyAll(client: pg.Client, migrations: Migration[]): Promise<void> {
  await client.query(bookkeeping);
  for (const migration of migrations) await apply(client, migration);
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
    await client.query("ROLLBACK").catch(() => undefined);
    throw new MigrationFailure(name, error);
  }
}

async function stateOf(client: pg.Client, dir: string): Promise<MigrationState> {
  const migrations = readMigrations(dir);
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const applied = await appliedTo(client);
  for (const { name, checksum } of applied) {
    const here = known.get(name);
    if (!here) throw newerVersion(name);
    if (here.checksum !== checksum) throw otherVersion(`its migration ${name} is not the one here`);
  }
  const names = new Set(applied.map(({ name }) => name));
  return { applied, pending: migrations.filter(({ name }) => !names.has(name)) };
}

type Record = { name: string; checksum: string; finished: boolean };

async function appliedTo(client: pg.Client): Promise<MigrationState["applied"]> {
  const exists = await client.query(`SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS "exists"`);
  if (!exists.rows[0]?.exists) {
    await assertEmpty(client);
    return [];
  }
  const { rows } = await client.query<Record>(
    `SELECT migration_name AS "name", checksum, finished_at IS NOT NULL AS "finished"
     FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
  const unfinished = rows.find(({ finished }) => !finished);
  if (unfinished) {
    throw new StartFailure(
      `the migration ${unfinished.name} was begun by another program and not finished; restore the database from a backup, or finish it with \`prisma migrate resolve\`.`,
    );
  }
  return rows.map(({ name, checksum }) => ({ name, checksum }));
}

/** @throws StartFailure if there are tables of something else, beside which ours have no business */
export async function assertEmpty(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS "name" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT EXISTS (
       SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LIMIT 1`,
  );
  if (rows[0]) {
    throw new StartFailure(
      `the database holds something else already (the table ${rows[0].name}); give Heddle an empty one. Nothing was changed.`,
    );
  }
}

/** The refusal of data that was made by migrations which this checkout does not have. */
export function newerVersion(migration: string): StartFailure {
  return otherVersion(`its migration ${migration} is not known here, so a newer one has updated it`);
}

function otherVersion(reason: string): StartFailure {
  return new StartFailure(
    `the database was made by another version of Heddle (${reason}); start that version, or use another HEDDLE_HOME. Nothing was changed.`,
  );
}

/** All of this checkout, in the order of their names. */
export function readMigrations(dir = migrationsDir): Migration[] {
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
