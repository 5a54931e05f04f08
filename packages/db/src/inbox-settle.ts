import type { Tx } from "./database.ts";
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
    UPDATE "InboxItem" AS item SET "resolvedAt" = now()
    FROM "Thread" AS thread
    WHERE thread."id" = ${thread.id} AND item."threadId" = thread."id"
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
    RETURNING item."userId"`;
  hintInboxes(
    after,
    thread.workspaceId,
    settled.map(({ userId }) => userId),
  );
}

/** The reader has the thread before them: what only had to be seen is settled for them. Changes nothing else. */
export async function readThreadInbox(scope: ThreadScope): Promise<void> {
  const { workspaceId, threadId, principal } = scope;
  await transact(scope.db, async (tx, after) => {
    const read = await tx.inboxItem.updateMany({
      where: {
        threadId,
        userId: principal.userId,
        kind: { in: ["turnFinished", "mention", "handOver"] },
        doneAt: null,
        resolvedAt: null,
      },
      data: { resolvedAt: new Date() },
    });
    if (read.count > 0) hintInboxes(after, workspaceId, [principal.userId]);
  });
}
