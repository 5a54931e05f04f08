import { readThreadInbox } from "./inbox-settle.ts";
import type { ThreadScope } from "./scope.ts";

/**
 * Notes that the member has seen the thread up to a change; never goes back. What was in their inbox only to be seen is
 * settled with it. What somebody reads is nobody else's
 * business: it is in no audit log and no stream.
 * @param input.seq of the last change shown, see `ThreadView.seq`
 */
export async function markRead(scope: ThreadScope, { seq }: { seq: number }): Promise<void> {
  const { db, threadId, principal } = scope;
  await db.prisma.$executeRaw`
    INSERT INTO "ThreadRead" ("threadId", "userId", "seq")
    SELECT "id", ${principal.userId}, LEAST(${seq}, "seq") FROM "Thread" WHERE "id" = ${threadId}
    ON CONFLICT ("threadId", "userId")
      DO UPDATE SET "seq" = GREATEST("ThreadRead"."seq", EXCLUDED."seq"), "readAt" = EXCLUDED."readAt"`;
  await readThreadInbox(scope);
}
