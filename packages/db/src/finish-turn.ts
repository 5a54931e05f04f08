import type { Database, Tx } from "./database.ts";
import { devItemPrefix } from "./dev-servers.ts";
import { AppError, errorTable, isErrorCode } from "./errors.ts";
import type { Item, Turn } from "./generated/client.ts";
import { tellOfTurn } from "./inbox-turns.ts";
import { mutate } from "./mutate.ts";
import { leaveSetup } from "./run-setup.ts";
import { changeThread, type ThreadChange } from "./thread-change.ts";

export type TurnEnd = { status: "completed" } | { status: "failed"; code: string };

/**
 * Ends a turn, once. Takes the thread's id, because the sender may have lost all rights.
 * @param retries the try of the turn that is over: a call that comes late must not end the next one; any when absent
 * @throws FENCED when another call has ended it meanwhile
 */
export async function finishTurn(
  db: Database,
  threadId: string,
  turnId: string,
  end: TurnEnd,
  retries?: number,
): Promise<void> {
  const isOpen = (row: Turn) => row.status === "running" && (retries ?? row.retries) === row.retries;
  const turn = await db.prisma.turn.findUniqueOrThrow({ where: { id: turnId }, include: { thread: true } });
  if (!isOpen(turn)) return;
  const sender = await db.prisma.user.findUnique({ where: { id: turn.senderId } });
  const actor = {
    userId: turn.senderId,
    name: sender?.name ?? "Former member",
    kind: sender?.kind ?? ("human" as const),
    via: "worker",
    ip: null,
  };
  const { workspaceId } = turn.thread;
  const entry = ({ status, errorCode }: Turn) => ({
    action: "turn.end",
    resource: { type: "thread", id: threadId },
    outcome: status === "failed" ? ("failed" as const) : ("ok" as const),
    detail: { turnId, status, ...(errorCode === null ? {} : { code: errorCode }) },
  });
  await mutate({ db, workspaceId, actor }, entry, async (tx, after) => {
    after({ k: "workspace", w: workspaceId });
    return changeThread(tx, after, threadId, async (change) => {
      const current = await tx.turn.findUniqueOrThrow({ where: { id: turnId } });
      if (!isOpen(current)) throw new AppError("FENCED");
      const ended = await closeTurn(tx, change, current, end);
      await tellOfTurn(tx, after, change.thread, ended);
      return ended;
    });
  });
}

/**
 * Within the caller's transaction: items that run are marked as interrupted, a failure becomes an error item, an
 * interrupt a notice that names who did it. A turn that somebody has interrupted ends so, even if its last step came to
 * its end before the worker noticed. Then the thread is idle or failed, or stays running for the next queued turn.
 */
export async function closeTurn(tx: Tx, change: ThreadChange, turn: Turn, end: TurnEnd): Promise<Turn> {
  const { id: turnId, threadId } = turn;
  const code = end.status === "failed" ? end.code : null;
  const status = turn.interruptedAt !== null || code === "INTERRUPTED" ? "interrupted" : end.status;
  const errorCode = status === "failed" ? code : null;
  const ended = await tx.turn.update({ where: { id: turnId }, data: { status, finishedAt: new Date(), errorCode } });
  await leaveSetup(tx, change);
  const open = await tx.item.findMany({
    where: { turnId, status: "running", id: { not: { startsWith: devItemPrefix } } },
    orderBy: { position: "asc" },
  });
  for (const item of open) {
    await change.putItem({ ...item, status: "interrupted", data: closedData(item), model: item.model ?? undefined });
  }
  const steps = await tx.modelStep.aggregate({ where: { turnId }, _max: { index: true } });
  const closing = { turnId, step: steps._max.index ?? -1 };
  const attempt = turn.retries === 0 ? "" : `/${turn.retries}`;
  if (errorCode !== null) {
    await change.putItem({
      ...closing,
      id: `${turnId}/error${attempt}`,
      type: "error",
      status: "failed",
      data: failureData(turn, errorCode),
    });
  }
  if (status === "interrupted") {
    const held = await tx.turn.count({ where: { threadId, status: "held" } });
    await change.putItem({
      ...closing,
      id: `${turnId}/interrupted${attempt}`,
      type: "notice",
      status: "completed",
      data: { kind: "interrupted", message: await interruptSentence(tx, turn, held) },
    });
  }
  const queued = await tx.turn.count({ where: { threadId, status: "queued" } });
  change.set({
    status: queued > 0 ? "running" : status === "failed" ? "failed" : "idle",
    turnsVersion: { increment: 1 },
  });
  return ended;
}

/** A call that never ran says so; what was running keeps what it has. */
function closedData(item: Item): object {
  const data = (item.data ?? {}) as object;
  const tellsNotes = item.type === "commandExecution" || item.type === "fileChange";
  return tellsNotes && item.startedAt === null ? { ...data, note: "Not run: the turn ended before." } : data;
}

function failureData(turn: Turn, code: string) {
  const known = errorTable[isErrorCode(code) ? code : "INTERNAL"];
  const message = turn.errorCode === code && turn.errorMessage ? turn.errorMessage : known.message;
  return { code, message, retryable: known.retryable };
}

async function interruptSentence(tx: Tx, turn: Turn, held: number): Promise<string> {
  const user = turn.interruptedById && (await tx.user.findUnique({ where: { id: turn.interruptedById } }));
  // Without a code it is no failure's, but why somebody lost the right to the turn.
  const reason = turn.errorCode === null ? turn.errorMessage : null;
  const by = `${user ? `Interrupted by ${user.name}` : "Interrupted"}${reason ? `: ${reason}` : "."}`;
  if (held === 0) return by;
  return `${by} ${held === 1 ? "One queued prompt is" : `${held} queued prompts are`} on hold.`;
}
