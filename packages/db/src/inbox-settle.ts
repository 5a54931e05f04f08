import type { Tx } from "./database.ts";
import type { InboxKind } from "./inbox.schema.ts";
import { hintInboxes } from "./inbox-hint.ts";
import type { After } from "./mutate.ts";
import { transact } from "./mutate.ts";
import type { ThreadScope } from "./scope.ts";

/**
 * Within the transaction of a thread's change: what is in inboxes because of it, and no longer is so, is resolved. A
 * failed turn is settled by a retry or any new prompt, a finished one for whoever sends the next, a question about the
 * setup by its answer.
 */
export async function settleInbox(tx: Tx, after: After, thread: { id: string; workspaceId: string }): Promise<void> {
  const settled = await tx.$queryRaw<{ userId: string }[]>`
    WITH settled AS (
      SELECT item."id" FROM "InboxItem" AS item JOIN "Thread" AS thread ON thread."id" = item."threadId"
      WHERE item."threadId" = ${thread.id}
        AND item."doneAt" IS NULL AND item."resolvedAt" IS NULL
        AND CASE item."kind"
          WHEN 'setupAsked' THEN thread."setupStatus" <> 'asked'
          WHEN 'setupFailed' THEN thread."setupStatus" <> 'failed' OR thread."status" = 'archived'
          WHEN 'turnFailed' THEN thread."status" = 'archived'
            OR EXISTS (SELECT 1 FROM "Turn" WHERE "id" = item."turnId" AND "status" <> 'failed')
            OR EXISTS (SELECT 1 FROM "Turn" WHERE "threadId" = thread."id" AND "createdAt" > item."createdAt")
          WHEN 'turnFinished' THEN thread."status" = 'archived'
            OR EXISTS (SELECT 1 FROM "Turn" WHERE "threadId" = thread."id" AND "createdAt" > item."createdAt"
              AND "senderId" = item."userId")
          ELSE false
        END
      ORDER BY item."id" FOR UPDATE OF item
    )
    UPDATE "InboxItem" SET "resolvedAt" = now() WHERE "id" IN (SELECT "id" FROM settled)
    RETURNING "userId"`;
  hintInboxes(
    after,
    thread.workspaceId,
    settled.map(({ userId }) => userId),
  );
}

/** Within the caller's transaction: whoever changes several items of a thread locks them in one order. */
export async function lockOpenItems(tx: Tx, threadId: string): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM "InboxItem" WHERE "threadId" = ${threadId} AND "doneAt" IS NULL AND "resolvedAt" IS NULL
    ORDER BY "id" FOR UPDATE`;
}

const kindsToBeSeen: InboxKind[] = ["turnFinished", "mention", "handOver"];

/** The reader has the thread before them: what only had to be seen is settled for them. Changes nothing else. */
export async function readThreadInbox(scope: ThreadScope): Promise<void> {
  const { db, workspaceId, threadId, principal } = scope;
  const { userId } = principal;
  const where = { threadId, userId, kind: { in: kindsToBeSeen }, doneAt: null, resolvedAt: null };
  // Asked often: who watches a thread at work reads it each second.
  if ((await db.prisma.inboxItem.count({ where })) === 0) return;
  await transact(db, async (tx, after) => {
    await lockOpenItems(tx, threadId);
    const read = await tx.inboxItem.updateMany({ where, data: { resolvedAt: new Date() } });
    if (read.count > 0) hintInboxes(after, workspaceId, [userId]);
  });
}
