import { changeSharing, couldSee, findPerson } from "./change-sharing.ts";
import { AppError } from "./errors.ts";
import { couldOwn } from "./hand-over.ts";
import { roleAllows, type ThreadRight, threadRights } from "./permissions.ts";
import type { ThreadScope } from "./scope.ts";
import type { SetThreadMemberInput, SetThreadVisibilityInput, SharingChanged, SharingView } from "./sharing.schema.ts";
import { type ThreadPerson, threadPeople } from "./thread-people.ts";

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

const asked = { view: "thread.read", comment: "thread.comment", steer: "thread.prompt" } as const;

function rightsFor({ role }: Pick<ThreadPerson, "role">): ThreadRight[] {
  return threadRights.filter((right) => roleAllows(role, asked[right]));
}
