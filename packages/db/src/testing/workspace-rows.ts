import { createHash } from "node:crypto";
import type { Database } from "../database.ts";
import { Prisma } from "../generated/client.ts";
import type { FullWorkspace } from "./full-workspace.ts";

/** Tables that belong to the installation, not to a workspace. */
const outside = ["User", "Session", "Identity", "Host", "RateLimit", "IdempotencyKey"];
const tables = Object.keys(Prisma.ModelName).filter((name) => !outside.includes(name));

type Rows = { count: number; hash: string };

/** The rows of a workspace in each table, found by any column that has one of its ids; equal rows give an equal hash. */
export async function workspaceRows(db: Database, workspace: FullWorkspace): Promise<Record<string, Rows>> {
  const ids = Object.values(workspace).filter((value): value is string => typeof value === "string");
  const read = async (table: string): Promise<[string, Rows]> => {
    const rows = await db.prisma.$queryRawUnsafe<{ row: string }[]>(
      `SELECT t::text AS row FROM "${table}" AS t
       WHERE EXISTS (SELECT 1 FROM jsonb_each_text(to_jsonb(t)) AS c WHERE c.value = ANY($1)) ORDER BY t::text`,
      ids,
    );
    const hash = createHash("sha256").update(JSON.stringify(rows)).digest("hex");
    return [table, { count: rows.length, hash }];
  };
  return Object.fromEntries(await Promise.all(tables.map(read)));
}
