import { once } from "node:events";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Manifest } from "../backup/manifest.ts";
import { applyAll, assertEmpty, type Migration, newerVersion, readMigrations } from "../migrations.ts";
import { StartFailure } from "../start-failure.ts";

/** Fills an empty database; nothing of it is to be seen before `commit`. */
export type DatabaseLoad = {
  /** Pieces of a table, one table after the other in the manifest's order. */
  write(table: string, data: Uint8Array): Promise<void>;
  /** To be called after the last piece. @throws StartFailure if rows are missing */
  check(): Promise<void>;
  /** Projects whose source lay in the old home are told the new one. */
  moveSources(from: string, to: string): Promise<void>;
  /** A worktree that was set up under one name is so under the other. */
  renameWorktree(threadId: string, names: { from: string; to: string }): Promise<void>;
  commit(): Promise<void>;
  /** Leaves the database as empty as it was. */
  abandon(): Promise<void>;
};

const staging = "heddle_restore";

/** @throws StartFailure if a newer version, or another program, has made one of the migrations */
export function knownMigrations(manifest: Manifest): Migration[] {
  const known = new Map(readMigrations().map((migration) => [migration.name, migration]));
  return manifest.migrations.map(({ name, checksum }) => {
    const here = known.get(name);
    if (here?.checksum === checksum) return here;
    throw here
      ? new StartFailure(`the backup was made with another migration ${name} than the one here.`)
      : newerVersion(name);
  });
}

/**
 * Makes the tables as they were when the backup was taken, in a schema of its own, which takes the place of the empty
 * one at the end: so all or nothing is restored, on any server.
 * @throws StartFailure if the database is not empty
 */
export async function openLoad(url: string, manifest: Manifest): Promise<DatabaseLoad> {
  const migrations = knownMigrations(manifest);
  const client = new pg.Client({ connectionString: url, application_name: "heddle-restore" });
  // A connection that is cut makes the next query fail.
  client.on("error", () => undefined);
  await client.connect();
  const rowsOf = new Map(manifest.tables.map(({ name }) => [name, 0]));
  let target = "public";
  let open: { table: string; stream: ReturnType<typeof copyStream> } | null = null;

  function columnsOf(table: string): string[] {
    return manifest.tables.find(({ name }) => name === table)?.columns ?? [];
  }

  function copyStream(table: string) {
    const list = columnsOf(table)
      .map((name) => client.escapeIdentifier(name))
      .join(", ");
    return client.query(copyFrom(`COPY ${client.escapeIdentifier(table)} (${list}) FROM STDIN`));
  }

  async function closeTable(): Promise<void> {
    if (!open) return;
    const { table, stream } = open;
    open = null;
    const finished = once(stream, "finish");
    stream.end();
    await finished;
    rowsOf.set(table, stream.rowCount);
  }

  try {
    await assertEmpty(client);
    const { rows } = await client.query<{ schema: string }>("SELECT current_schema() AS schema");
    target = rows[0]?.schema ?? target;
    // What a restore that was cut has left.
    await client.query(
      `DROP SCHEMA IF EXISTS ${staging} CASCADE; CREATE SCHEMA ${staging}; SET search_path = ${staging}`,
    );
    await client.query("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0");
    await applyAll(client, migrations);
    await client.query("BEGIN");
  } catch (error) {
    await client.end();
    throw error;
  }

  return {
    async write(table, data) {
      if (open?.table !== table) {
        await closeTable();
        open = { table, stream: copyStream(table) };
      }
      const { stream } = open;
      if (!stream.write(data)) await once(stream, "drain");
    },
    async check() {
      await closeTable();
      const short = manifest.tables.find(({ name, rows }) => rowsOf.get(name) !== rows);
      if (!short) return;
      throw new StartFailure(`the table ${short.name} took ${rowsOf.get(short.name)} rows instead of ${short.rows}.`);
    },
    async moveSources(from, to) {
      await client.query(
        `UPDATE "Project" SET "sourcePath" = $2 || substr("sourcePath", length($1) + 1) WHERE starts_with("sourcePath", $1)`,
        [`${from}/`, `${to}/`],
      );
    },
    async renameWorktree(threadId, { from, to }) {
      if (!columnsOf("Thread").includes("setupFor")) return;
      const sql = `UPDATE "Thread" SET "setupFor" = $3 WHERE id = $1 AND "setupFor" = $2`;
      await client.query(sql, [threadId, from, to]);
    },
    async commit() {
      for (const sql of await moves(client, target)) await client.query(sql);
      await client.query(`DROP SCHEMA ${staging}`);
      await client.query("COMMIT");
      await client.query("ANALYZE");
      await client.end();
    },
    async abandon() {
      open?.stream.destroy();
      await client.end();
      const cleaner = new pg.Client({ connectionString: url });
      await cleaner.connect();
      await cleaner.query(`DROP SCHEMA IF EXISTS ${staging} CASCADE`).finally(() => cleaner.end());
    },
  };
}

/** Statements that move all that migrations have made to where the program looks for it. */
async function moves(client: pg.Client, target: string): Promise<string[]> {
  const { rows } = await client.query<{ sql: string }>(
    `SELECT format('ALTER TABLE %s SET SCHEMA %I', c.oid::regclass, $2::text) AS "sql"
     FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'
     UNION ALL SELECT format('ALTER TYPE %s SET SCHEMA %I', t.oid::regtype, $2)
     FROM pg_type t WHERE t.typnamespace = $1::regnamespace AND t.typtype = 'e'
     UNION ALL SELECT format('ALTER FUNCTION %s SET SCHEMA %I', p.oid::regprocedure, $2)
     FROM pg_proc p WHERE p.pronamespace = $1::regnamespace`,
    [staging, target],
  );
  return rows.map(({ sql }) => sql);
}
