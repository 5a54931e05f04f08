import { hasPack } from "./checkpoint-packs.ts";
import type { Database, Tx } from "./database.ts";
import type { Thread } from "./generated/client.ts";
import { leaseSeconds, liveHost } from "./hosts.ts";
import { transact } from "./mutate.ts";
import { changeThread, type ThreadChange } from "./thread-change.ts";

/**
 * The host that keeps the thread's worktree. A new thread gets a live one; a thread whose host is dead or drains goes to
 * another if it can.
 * @throws UNAVAILABLE for a new thread when no worker runs
 */
export async function placeThread(db: Database, threadId: string): Promise<string> {
  return transact(db, (tx, after) =>
    changeThread(tx, after, threadId, async (change) => {
      const { hostId } = change.thread;
      if (hostId !== null) return (await move(tx, change, hostId)) ?? hostId;
      const chosen = await liveHost(tx);
      change.set({ hostId: chosen });
      return chosen;
    }),
  );
}

/** Moves a thread whose host has not taken its work for a while, if that host is dead: busy is not dead. */
export async function leaveHost(
  db: Database,
  { threadId, hostId }: { threadId: string; hostId: string },
): Promise<void> {
  await transact(db, (tx, after) =>
    changeThread(tx, after, threadId, async (change) => {
      if (change.thread.hostId === hostId) await move(tx, change, hostId);
    }),
  );
}

/** Whether a turn that has come to the end of a step is to go on at another host, because its own is being emptied. */
export async function mustLeave({ db, threadId }: { db: Database; threadId: string }): Promise<boolean> {
  const tx = db.prisma;
  const where = { id: threadId, host: { drainingAt: { not: null } } };
  const thread = await tx.thread.findFirst({ where });
  if (!thread?.hostId) return false;
  return (await otherHost(tx, thread.hostId))?.reason === "draining" && isKeptElsewhere(tx, thread);
}

/** Of these threads, those that another host keeps by now. */
export async function movedAway(db: Database, hostId: string, threadIds: readonly string[]): Promise<string[]> {
  const threads = await db.prisma.thread.findMany({
    where: { id: { in: [...threadIds] }, hostId: { not: hostId } },
    select: { id: true },
  });
  return threads.map(({ id }) => id);
}

type Reason = "dead" | "draining";
type Target = { id: string; reason: Reason };

/**
 * Gives a thread to another host, from its last checkpoint, and tells so in the thread: when its own host is dead, or
 * when that drains and a checkpoint of the running turn holds all that is there. A dead host's epoch rises with it, so
 * that it writes nothing should it come back.
 * @returns the new host; null when the thread stays where it is
 */
async function move(tx: Tx, change: ThreadChange, from: string): Promise<string | null> {
  const target = await otherHost(tx, from);
  if (target === null) return null;
  const thread = await tx.thread.findUniqueOrThrow({ where: { id: change.thread.id } });
  if (!(await isKeptElsewhere(tx, thread))) return null;
  const free = target.reason === "dead" ? await fenceOff(tx, from) : await mayLeave(tx, thread);
  if (!free) return null;
  const moves = thread.moves + 1;
  change.set({ hostId: target.id, moves });
  if (thread.baseCommit !== null) await tell(tx, change, { ...thread, moves }, target.reason);
  return target.id;
}

/**
 * A host is dead when its lease has run out while another's was renewed for at least as long: after an outage of the
 * database no lease is left, and each must have had the time to be renewed.
 */
async function otherHost(tx: Pick<Tx, "$queryRaw">, hostId: string): Promise<Target | null> {
  const [target] = await tx.$queryRaw<Target[]>`
    SELECT other."id", CASE WHEN own."leaseExpiresAt" < now() THEN 'dead' ELSE 'draining' END AS "reason"
    FROM "Host" own JOIN "Host" other ON other."id" <> own."id"
    WHERE own."id" = ${hostId} AND other."leaseExpiresAt" > now() AND other."drainingAt" IS NULL AND (
      own."leaseExpiresAt" < now() AND other."liveSince" < now() - make_interval(secs => ${leaseSeconds})
      OR own."leaseExpiresAt" >= now() AND own."drainingAt" IS NOT NULL)
    ORDER BY (SELECT COUNT(*) FROM "Thread" WHERE "hostId" = other."id"), other."id" LIMIT 1`;
  return target ?? null;
}

/** @returns false when the host has come back in this very moment */
async function fenceOff(tx: Tx, hostId: string): Promise<boolean> {
  const fenced = await tx.$executeRaw`
    UPDATE "Host" SET "epoch" = "epoch" + 1 WHERE "id" = ${hostId} AND "leaseExpiresAt" < now()`;
  return fenced === 1;
}

/** Threads from before packs were kept have none until their next turn. */
async function isKeptElsewhere(tx: Tx, thread: Thread): Promise<boolean> {
  const { id, baseCommit, lastCheckpoint, headCommit } = thread;
  for (const commit of [lastCheckpoint, headCommit]) {
    if (commit !== null && commit !== baseCommit && !(await hasPack(tx, id, commit))) return false;
  }
  return true;
}

/**
 * A job works on the files where they are; so does a turn until a checkpoint of its own holds what was done: files may
 * have changed by other hands since the last turn.
 */
async function mayLeave(tx: Tx, { id: threadId, keptAt }: Thread): Promise<boolean> {
  const turn = await tx.turn.findFirst({ where: { threadId, status: "running" } });
  if (!turn || keptAt === null) return false;
  const begun = await tx.item.count({ where: { turnId: turn.id, startedAt: { not: null } } });
  return begun > 0 && (await tx.item.count({ where: { threadId, startedAt: { gt: keptAt } } })) === 0;
}

async function tell(tx: Tx, change: ThreadChange, thread: Thread, reason: Reason): Promise<void> {
  const started = { threadId: thread.id, startedAt: { not: null } };
  const turn =
    (await tx.turn.findFirst({ where: { ...started, status: "running" } })) ??
    (await tx.turn.findFirst({ where: started, orderBy: { startedAt: "desc" } }));
  if (!turn) return;
  const steps = await tx.modelStep.aggregate({ where: { turnId: turn.id }, _max: { index: true } });
  await change.putItem({
    id: `${turn.id}/moved/${thread.moves}`,
    turnId: turn.id,
    step: steps._max.index ?? -1,
    type: "notice",
    status: "completed",
    data: { kind: "hostMoved", message: moveSentence(thread, reason) },
  });
}

function moveSentence({ keptAt, lastCheckpoint }: Thread, reason: Reason): string {
  const why = reason === "dead" ? "stopped answering" : "is being emptied";
  const from =
    lastCheckpoint === null
      ? "Its files are made anew from the commit that it started from"
      : `Its files are as of the last checkpoint${keptAt === null ? "" : `, ${inUtc(keptAt)}`}`;
  const lost =
    reason === "dead"
      ? "files that git ignores, and what commands changed after that, may be missing."
      : "files that git ignores stayed behind.";
  return `The thread's host ${why}, so it goes on at another one. ${from}; ${lost}`;
}

const inUtc = (at: Date) => `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
