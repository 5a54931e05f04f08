import type { Database, Tx } from "./database.ts";
import { newId } from "./ids.ts";
import { transact } from "./mutate.ts";
import type { NetworkLogView } from "./network-decisions.schema.ts";
import type { ThreadScope } from "./scope.ts";
import { isAgreed } from "./setup-agreement.ts";

export type NetworkLists = { commands: string[]; setup: string[] };

export type NewDecision = {
  id: string;
  at: Date;
  list: "commands" | "setup";
  host: string;
  port: number;
  /** Null when it was allowed. */
  reason: string | null;
};

const pageSize = 100;
/** Kept of a thread, of either kind: so refusals by the thousand cannot hide what was allowed. */
const mostKept = 5_000;

/**
 * The hosts that a thread's commands and its setup script may reach now; none once the thread is gone. Those of the script
 * count only while an agreement holds for just that script and these hosts.
 */
export async function networkLists(db: Database, threadId: string): Promise<NetworkLists> {
  const thread = await db.prisma.thread.findUnique({ where: { id: threadId }, select: { project: true } });
  if (!thread) return { commands: [], setup: [] };
  const { allowedHosts, setupHosts } = thread.project;
  return { commands: allowedHosts, setup: isAgreed(thread.project) ? setupHosts : [] };
}

/** A decision made now. */
export function newDecision(decision: Omit<NewDecision, "id" | "at">): NewDecision {
  return { ...decision, id: newId(), at: new Date() };
}

/**
 * Adds to a thread's log, under the turn that runs; what exceeds the log is counted. The same decisions may be sent again
 * as long as it is not known whether they arrived; those of a deleted thread go nowhere.
 * @param options.unlogged further ones of which nothing but their number is known
 */
export async function logDecisions(
  db: Database,
  threadId: string,
  decisions: readonly NewDecision[],
  { unlogged = 0 }: { unlogged?: number } = {},
): Promise<void> {
  await transact(db, async (tx, after) => {
    if ((await tx.thread.count({ where: { id: threadId } })) === 0) return;
    const turn = await tx.turn.findFirst({ where: { threadId, status: "running" }, select: { id: true } });
    const [first] = decisions;
    if (first && (await tx.networkDecision.count({ where: { id: first.id } })) > 0) return;
    let exceeding = unlogged;
    for (const allowed of [true, false]) {
      const fresh = decisions.filter(({ reason }) => (reason === null) === allowed);
      if (fresh.length === 0) continue;
      const room = Math.max(0, mostKept - (await tx.networkDecision.count({ where: { threadId, allowed } })));
      const rows = fresh.slice(0, room);
      await insert(tx, threadId, turn?.id ?? null, rows);
      exceeding += fresh.length - rows.length;
    }
    if (exceeding > 0) {
      await tx.thread.update({ where: { id: threadId }, data: { networkUnlogged: { increment: exceeding } } });
    }
    after({ k: "network", t: threadId });
  });
}

/** In one statement, however many: a command may ask for thousands of connections. */
async function insert(tx: Tx, threadId: string, turnId: string | null, rows: readonly NewDecision[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "NetworkDecision" ("id", "threadId", "turnId", "at", "list", "host", "port", "allowed", "reason")
    SELECT "id", ${threadId}, ${turnId}, "at", "list", "host", "port", "reason" IS NULL, "reason"
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS r("id" text, "at" timestamptz, "list" text, "host" text, "port" int, "reason" text)`;
}

/** What a thread's commands asked to reach, newest first. */
export async function networkLog(scope: ThreadScope, { before }: { before?: string }): Promise<NetworkLogView> {
  const { prisma } = scope.db;
  const [thread, rows] = await Promise.all([
    prisma.thread.findUniqueOrThrow({ where: { id: scope.threadId }, select: { networkUnlogged: true } }),
    prisma.networkDecision.findMany({
      where: { threadId: scope.threadId, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: pageSize,
      omit: { threadId: true },
    }),
  ]);
  const decisions = rows.map((row) => ({
    ...row,
    list: row.list === "setup" ? ("setup" as const) : ("commands" as const),
  }));
  return { decisions, unlogged: thread.networkUnlogged };
}
