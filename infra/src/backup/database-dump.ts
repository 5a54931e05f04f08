import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { ArchiveWriter } from "./archive-writer.ts";
import type { Manifest } from "./manifest.ts";

/** What the rows said at one moment. */
export type Snapshot = Pick<Manifest, "migrations" | "tables" | "threads" | "unfinished" | "sealedKeys"> & {
  takenAt: Date;
  projectIds: string[];
  /** Threads that did nothing at that moment, and had nothing to do. */
  resting: RestingThread[];
};

export type RestingThread = { id: string; projectId: string; seq: number };

/** Writes every table into the archive, all as of one moment; whoever writes meanwhile is not held up. */
export async function dumpDatabase(url: string, archive: ArchiveWriter): Promise<Snapshot> {
  const client = new pg.Client({ connectionString: url, application_name: "heddle-backup" });
  // A connection that is cut makes the next query fail.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0");
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const snapshot = await readSnapshot(client);
    for (const table of await tablesInOrder(client)) {
      const columns = table.columns.map((name) => client.escapeIdentifier(name)).join(", ");
      const copy = client.query(copyTo(`COPY ${client.escapeIdentifier(table.name)} (${columns}) TO STDOUT`));
      await archive.addStream(`database/${table.name}`, copy);
      snapshot.tables.push({ ...table, rows: copy.rowCount });
    }
    await client.query("COMMIT");
    return snapshot;
  } finally {
    await client.end();
  }
}

/** Those of `threads` about which nothing has been written since. */
export async function stillResting(url: string, threads: RestingThread[]): Promise<RestingThread[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const now = new Map((await readResting(client)).map(({ id, seq }) => [id, seq]));
    return threads.filter(({ id, seq }) => now.get(id) === seq);
  } finally {
    await client.end();
  }
}

const migrationsTable = "_prisma_migrations";
const unfinished = `SELECT "threadId" FROM "Turn" WHERE status IN ('queued', 'running')
  UNION SELECT "threadId" FROM "ThreadJob" WHERE status = 'pending'`;

async function readSnapshot(client: pg.Client): Promise<Snapshot> {
  const list = async <T extends pg.QueryResultRow>(sql: string) => (await client.query<T>(sql)).rows;
  const count = async (from: string) =>
    (await list<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`))[0]?.n ?? 0;
  const [now] = await list<{ at: Date }>("SELECT now() AS at");
  return {
    takenAt: now?.at ?? new Date(),
    migrations: await list(
      `SELECT migration_name AS name, checksum FROM "${migrationsTable}"
       WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1`,
    ),
    tables: [],
    threads: await count(`"Thread"`),
    unfinished: await count(`(${unfinished}) AS unfinished`),
    sealedKeys: await count(`"Provider" WHERE "apiKeyEnvelope" IS NOT NULL`),
    projectIds: (await list<{ id: string }>(`SELECT id FROM "Project" ORDER BY id`)).map(({ id }) => id),
    resting: await readResting(client),
  };
}

async function readResting(client: pg.Client): Promise<RestingThread[]> {
  const { rows } = await client.query<RestingThread>(
    `SELECT id, "projectId", seq FROM "Thread" WHERE id NOT IN (${unfinished}) ORDER BY id`,
  );
  return rows;
}

type Table = { name: string; columns: string[] };

/** All tables but the record of migrations; what a table refers to comes before it. */
async function tablesInOrder(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table & { refersTo: string[] }>(
    `SELECT c.relname AS "name",
       array(SELECT a.attname::text FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum) AS "columns",
       array(SELECT DISTINCT f.relname::text FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid
         WHERE k.conrelid = c.oid AND k.contype = 'f' AND f.oid <> c.oid) AS "refersTo"
     FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname <> $1
     ORDER BY 1`,
    [migrationsTable],
  );
  const ordered: Table[] = [];
  const isPlaced = (name: string) => ordered.some((table) => table.name === name);
  while (ordered.length < rows.length) {
    const next = rows.find(({ name, refersTo }) => !isPlaced(name) && refersTo.every(isPlaced));
    if (!next) throw new Error("tables refer to each other in a circle: no order to fill them in");
    ordered.push({ name: next.name, columns: next.columns });
  }
  return ordered;
}
