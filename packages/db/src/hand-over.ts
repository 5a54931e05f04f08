import { changeSharing, findPerson } from "./change-sharing.ts";
import { AppError } from "./errors.ts";
import { newId } from "./ids.ts";
import { addInboxItem } from "./inbox-items.ts";
import { placeNow } from "./place-now.ts";
import type { ThreadScope } from "./scope.ts";
import type { SharingChanged } from "./sharing.schema.ts";
import { mostOf, type ThreadPerson, threadPeople } from "./thread-people.ts";

/**
 * Makes the thread somebody else's. Of a private one, who had it keeps the right to steer.
 * @throws NOT_FOUND for who does not see the project, BAD_INPUT for its owner and for who may not steer threads there
 */
export async function handOver(scope: ThreadScope, { userId }: { userId: string }): Promise<SharingChanged> {
  const { threadId, principal } = scope;
  return changeSharing(scope, { action: "thread.hand_over", detail: { userId } }, async (tx, change, after) => {
    const people = await threadPeople(tx, threadId);
    const heir = await findPerson(tx, threadId, userId);
    const before = people.find(({ place }) => place.own);
    if (heir.place.own) throw new AppError("BAD_INPUT", { message: "The thread is theirs already." });
    if (!couldOwn(heir)) {
      throw new AppError("BAD_INPUT", { message: `${heir.name} may not steer threads of this project.` });
    }
    const noticeId = `handed/${newId()}`;
    change.set({ createdById: userId });
    if (before?.place.private) {
      const steer = { right: "steer" as const };
      const keeps = { threadId, userId: before.id };
      await tx.threadMember.upsert({
        where: { threadId_userId: keeps },
        create: { ...keeps, ...steer },
        update: steer,
      });
    }
    const about = { workspaceId: scope.workspaceId, actorId: principal.userId, threadId };
    const userIds = [userId, ...(before ? [before.id] : [])];
    await addInboxItem(tx, after, { ...about, kind: "handOver", key: noticeId, userIds, note: `To ${heir.name}` });
    const message = `${principal.name} handed the thread to ${heir.name}.`;
    await change.putItem({
      ...(await placeNow(tx, threadId)),
      id: noticeId,
      type: "notice",
      status: "completed",
      data: { kind: "handedOver", message },
    });
  });
}

/** Whether somebody would be able to steer the thread, were it theirs. */
export function couldOwn({ role, place }: Pick<ThreadPerson, "role" | "place">): boolean {
  return mostOf(role, { ...place, own: true }) === "steer";
}
