import type { Tx } from "./database.ts";
import type { Turn } from "./generated/client.ts";
import { addInboxItem } from "./inbox-items.ts";
import { lockOpenItems } from "./inbox-settle.ts";
import type { After } from "./mutate.ts";
import { visibleThreads } from "./visible-threads.ts";

type ThreadRef = { id: string; workspaceId: string };

/**
 * Within the transaction that ends a turn: its sender and whoever started the thread are told of a failure, and of an
 * answer once no queued prompt follows. What somebody has interrupted needs nobody. Of several answers in one thread
 * only the last is unread.
 */
export async function tellOfTurn(tx: Tx, after: After, thread: ThreadRef, turn: Turn): Promise<void> {
  if (turn.status !== "completed" && turn.status !== "failed") return;
  const { id: threadId, workspaceId } = thread;
  const userIds = await concerned(tx, threadId, turn.senderId);
  const about = { workspaceId, userIds, threadId, turnId: turn.id, key: `turn:${turn.id}/${turn.retries}` };
  if (turn.status === "failed") {
    const kind = turn.errorCode === "SETUP_FAILED" ? ("setupFailed" as const) : ("turnFailed" as const);
    return addInboxItem(tx, after, { ...about, kind });
  }
  if ((await tx.turn.count({ where: { threadId, status: "queued" } })) > 0) return;
  await lockOpenItems(tx, threadId);
  await tx.inboxItem.updateMany({
    where: { threadId, kind: "turnFinished", doneAt: null, resolvedAt: null },
    data: { resolvedAt: new Date() },
  });
  await addInboxItem(tx, after, { ...about, kind: "turnFinished" });
}

/**
 * … that asks for agreement to a setup script: the turn's sender and whoever started the thread, and everybody who can
 * agree where neither of those can.
 */
export async function tellOfSetup(
  tx: Tx,
  after: After,
  { threadId, workspaceId, turnId }: { threadId: string; workspaceId: string; turnId: string },
  requestId: string,
): Promise<void> {
  const { senderId } = await tx.turn.findUniqueOrThrow({ where: { id: turnId } });
  const near = await concerned(tx, threadId, senderId);
  const able = await whoCanAgree(tx, workspaceId, threadId);
  const userIds = near.some((id) => able.includes(id)) ? near : [...near, ...able];
  const key = `setup:${requestId}`;
  await addInboxItem(tx, after, { workspaceId, userIds, threadId, turnId, kind: "setupAsked", key });
}

async function concerned(tx: Tx, threadId: string, senderId: string): Promise<string[]> {
  const { createdById } = await tx.thread.findUniqueOrThrow({ where: { id: threadId } });
  return [...new Set([senderId, createdById])];
}

/** Members who manage the thread's project and see the thread. */
async function whoCanAgree(tx: Tx, workspaceId: string, threadId: string): Promise<string[]> {
  const { projectId } = await tx.thread.findUniqueOrThrow({ where: { id: threadId } });
  const maintainers = await tx.projectMember.findMany({ where: { projectId, role: "maintainer" } });
  const members = await tx.membership.findMany({
    where: {
      workspaceId,
      OR: [
        { role: { in: ["owner", "admin"] } },
        { role: "member", userId: { in: maintainers.map(({ userId }) => userId) } },
      ],
    },
  });
  const seeing: string[] = [];
  for (const { userId, role } of members) {
    const sees = await tx.thread.count({ where: { id: threadId, AND: visibleThreads({ role, userId }) } });
    if (sees > 0) seeing.push(userId);
  }
  return seeing;
}
