import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import { newId } from "./ids.ts";
import { addInboxItem } from "./inbox-items.ts";
import { lockMembers } from "./members-lock.ts";
import { type After, mutate } from "./mutate.ts";
import { projectAllows, roleAllows, type ThreadRight, threadAllows, threadRights } from "./permissions.ts";
import { placeNow } from "./place-now.ts";
import type { ThreadScope } from "./scope.ts";
import type { SetThreadMemberInput, SetThreadVisibilityInput, SharingChanged, SharingView } from "./sharing.schema.ts";
import { stopUnentitled } from "./stop-turns.ts";
import { changeThread, type ThreadChange } from "./thread-change.ts";
import { mostOf, type ThreadPerson, threadPeople } from "./thread-people.ts";

/** Who sees the thread, who could, and what each of them may do. Bots act by their roles and are not listed. */
export async function getSharing(scope: ThreadScope): Promise<SharingView> {
  const { prisma } = scope.db;
  const { visibility, createdById } = await prisma.thread.findUniqueOrThrow({ where: { id: scope.threadId } });
  const people = (await threadPeople(prisma, scope.threadId)).filter(couldSee);
  return {
    visibility,
    ownerId: createdById,
    people: people.map(({ id, name, role, place, may }) => ({
      id,
      name,
      workspaceRole: role,
      projectRole: place.role,
      right: place.right,
      may,
      rights: rightsFor({ role }),
      mayOwn: !place.own && couldOwn({ role, place }),
    })),
  };
}

/** Opens the thread to everybody who sees the project, or to those alone who were given a right in it. */
export async function setThreadVisibility(
  scope: ThreadScope,
  input: SetThreadVisibilityInput,
): Promise<SharingChanged> {
  const { visibility } = input;
  return changeSharing(scope, { action: "thread.set_visibility", detail: { visibility } }, async (_tx, change) => {
    change.set({ visibility });
  });
}

/**
 * Gives a member who sees the project a right in this thread.
 * @throws NOT_FOUND for who does not see the project, BAD_INPUT for the thread's owner and for more than the role in the
 *   workspace allows
 */
export async function setThreadMember(scope: ThreadScope, input: SetThreadMemberInput): Promise<SharingChanged> {
  const { threadId } = scope;
  const { userId, right } = input;
  return changeSharing(scope, { action: "thread.set_member", detail: { userId, right } }, async (tx) => {
    const person = await findPerson(tx, threadId, userId);
    if (person.place.own) throw new AppError("BAD_INPUT", { message: "It is their own thread." });
    if (!rightsFor(person).includes(right)) {
      throw new AppError("BAD_INPUT", { message: `${person.name} is ${person.role} here, who only reads.` });
    }
    await tx.threadMember.upsert({
      where: { threadId_userId: { threadId, userId } },
      create: { threadId, userId, right },
      update: { right },
    });
  });
}

/** Takes a member's right in this thread. @throws NOT_FOUND for who has none */
export async function removeThreadMember(scope: ThreadScope, { userId }: { userId: string }): Promise<SharingChanged> {
  const { threadId } = scope;
  return changeSharing(scope, { action: "thread.remove_member", detail: { userId } }, async (tx) => {
    const removed = await tx.threadMember.deleteMany({ where: { threadId, userId } });
    if (removed.count === 0) throw new AppError("NOT_FOUND");
  });
}

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

/**
 * One audited change of who may do what in a thread. Whoever may no longer steer has their turn stopped with it.
 * @throws FORBIDDEN when the asker's own right to share it has gone meanwhile
 */
async function changeSharing(
  scope: ThreadScope,
  { action, detail }: { action: string; detail: { [key: string]: string } },
  write: (tx: Tx, change: ThreadChange, after: After) => Promise<void>,
): Promise<SharingChanged> {
  const { threadId, workspaceId, principal } = scope;
  const entry = ({ turns }: SharingChanged) => ({
    action,
    resource: { type: "thread", id: threadId },
    detail: { ...detail, turns },
  });
  return mutate(scope, entry, async (tx, after) => {
    await lockMembers(tx, workspaceId);
    await changeThread(tx, after, threadId, async (change) => {
      const asker = (await threadPeople(tx, threadId)).find(({ id }) => id === principal.userId);
      if (!asker || !threadAllows(asker.role, asker.place, "thread.share")) throw new AppError("FORBIDDEN");
      await write(tx, change, after);
    });
    after({ k: "workspace", w: workspaceId });
    return { turns: await stopUnentitled(tx, after, threadId, principal.userId) };
  });
}

/** @throws NOT_FOUND for a bot and for who does not see the project */
async function findPerson(tx: Tx, threadId: string, userId: string): Promise<ThreadPerson> {
  const person = (await threadPeople(tx, threadId)).find(({ id }) => id === userId);
  if (person && couldSee(person)) return person;
  throw new AppError("NOT_FOUND", { message: "There is no such member who sees the project." });
}

function couldSee({ kind, role, place }: ThreadPerson): boolean {
  return kind === "human" && projectAllows(role, place, "project.read");
}

function couldOwn({ role, place }: Pick<ThreadPerson, "role" | "place">): boolean {
  return mostOf(role, { ...place, own: true }) === "steer";
}

const asked = { view: "thread.read", comment: "thread.comment", steer: "thread.prompt" } as const;

function rightsFor({ role }: Pick<ThreadPerson, "role">): ThreadRight[] {
  return threadRights.filter((right) => roleAllows(role, asked[right]));
}
