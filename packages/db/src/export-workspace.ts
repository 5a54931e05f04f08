import { exportedTables, exportedThreads } from "./export-tables.ts";
import { mutate } from "./mutate.ts";
import type { WorkspaceScope } from "./scope.ts";

/** One file of an export: rows of one table. */
export type ExportPart = { name: string; rows: object[] };

const rowsAtOnce = 500;

/**
 * The rows of a workspace, in parts small enough to be held in memory. Keys, hashes and envelopes are not in it, nor
 * are private threads that its maker could not open: nobody gets in a file what no screen shows.
 */
export async function* exportWorkspace(scope: WorkspaceScope): AsyncGenerator<ExportPart> {
  const resource = { type: "workspace", id: scope.workspaceId };
  await mutate(scope, { action: "workspace.export", resource }, async () => undefined);
  yield { name: "about", rows: [await about(scope)] };
  for (const [table, read] of Object.entries(exportedTables(scope))) {
    yield* paged(table, (last: { id: string } | undefined) => read({ after: last?.id ?? "", take: rowsAtOnce }));
  }
  yield* paged("audit", (last: { seq: number } | undefined) => auditAfter(scope, last?.seq ?? 0));
}

async function* paged<Row extends object>(table: string, read: (last: Row | undefined) => Promise<Row[]>) {
  let rows: Row[] = [];
  let page = 1;
  do {
    rows = await read(rows.at(-1));
    if (rows.length > 0 || page === 1) yield { name: page === 1 ? table : `${table}-${page}`, rows };
    page += 1;
  } while (rows.length === rowsAtOnce);
}

/** With what a check of the chain needs. */
function auditAfter({ db, workspaceId }: WorkspaceScope, after: number) {
  const where = { workspaceId, seq: { gt: after } };
  return db.prisma.auditEvent.findMany({ where, orderBy: { seq: "asc" }, take: rowsAtOnce });
}

async function about(scope: WorkspaceScope) {
  const { db, workspaceId, principal } = scope;
  const all = await db.prisma.thread.count({ where: { workspaceId } });
  const held = await db.prisma.thread.count({ where: exportedThreads(scope) });
  return {
    exportedAt: new Date(),
    exportedBy: principal.name,
    privateThreadsLeftOut: all - held,
    notHere: "Repositories and branches (fetch them with git), whole outputs of commands, and every key and token.",
  };
}
