import { existsSync } from "node:fs";
import { join } from "node:path";
import { verifyChain } from "@heddle/db/audit";
import { createDatabase } from "@heddle/db/database";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { messageOf } from "../start-failure.ts";
import { type Finding, hasOwnDatabase, type RepairContext } from "./finding.ts";
import { lostData } from "./postgres-files.ts";

type Relation = { oid: number; name: string; kind: "r" | "i"; file: string; method: string };

/**
 * Reads every row and checks every index: what a damaged disk has taken shows only when it is read.
 * @returns `damage` is to be mended once the server has stopped
 */
export async function checkRows(
  context: RepairContext,
  url: string,
): Promise<{ damage: Finding[]; indexes: Finding[] }> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("SET statement_timeout = 0");
    const relations = await listRelations(client);
    const indexes: Finding[] = [];
    const broken: string[] = [];
    for (const { name } of relations.filter(({ kind }) => kind === "r")) {
      const problem = await readTable(client, name);
      if (problem) broken.push(`${name} (${problem})`);
    }
    if (broken.length > 0) {
      return { damage: [lostData(context, `tables cannot be read whole: ${broken.join(", ")}`)], indexes };
    }
    if (!hasOwnDatabase(context)) return { damage: [], indexes };
    for (const index of relations.filter(({ kind }) => kind === "i")) {
      const problem = await checkIndex(client, index, context.home.postgresDir);
      if (problem) indexes.push(damagedIndex(url, index, problem));
    }
    return { damage: [], indexes };
  } finally {
    await client.end();
  }
}

/** Whether anybody has changed the audit log behind the program's back. */
export async function checkAudit(url: string): Promise<Finding[]> {
  const db = createDatabase({ url, poolSize: 2 });
  try {
    const findings: Finding[] = [];
    for (const { id, name } of await db.prisma.workspace.findMany({ select: { id: true, name: true } })) {
      const { ok, to } = await verifyChain(db, id);
      if (ok) continue;
      findings.push({
        what: `the audit log of the workspace “${name}” does not fit together from its event ${to} on`,
        advice: "compare it with a backup; repairing it would hide what happened",
      });
    }
    return findings;
  } finally {
    await db.close();
  }
}

async function listRelations(client: pg.Client): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(
    `SELECT c.oid::int AS oid, c.oid::regclass::text AS name, c.relkind AS kind, pg_relation_filepath(c.oid) AS file,
       am.amname AS method
     FROM pg_class c LEFT JOIN pg_am am ON am.oid = c.relam
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'i') ORDER BY 2`,
  );
  return rows;
}

async function readTable(client: pg.Client, name: string): Promise<string | null> {
  try {
    for await (const _ of client.query(copyTo(`COPY ${name} TO STDOUT`))) {
      // Only whether it can be read counts.
    }
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

const checkers: { [method: string]: string } = { btree: "bt_index_check", gin: "gin_index_check" };

/** With PostgreSQL's own checker, which is gone again after it. */
async function checkIndex(client: pg.Client, { oid, file, method }: Relation, dataDir: string): Promise<string | null> {
  if (!existsSync(join(dataDir, file))) return "its file is missing";
  const checker = checkers[method];
  if (!checker) return null;
  await client.query("BEGIN");
  try {
    await client.query("CREATE EXTENSION IF NOT EXISTS amcheck");
    await client.query(`SELECT ${checker}($1::oid)`, [oid]);
    return null;
  } catch (error) {
    return messageOf(error);
  } finally {
    await client.query("ROLLBACK");
  }
}

function damagedIndex(url: string, { name }: Relation, problem: string): Finding {
  return {
    what: `the index ${name} is damaged (${problem})`,
    cure: {
      would: "build it anew from its table",
      async apply() {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        await client.query(`REINDEX INDEX ${name}`).finally(() => client.end());
      },
    },
  };
}
