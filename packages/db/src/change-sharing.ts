import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import { lockMembers } from "./members-lock.ts";
import { type After, mutate } from "./mutate.ts";
import { projectAllows, threadAllows } from "./permissions.ts";
import type { ThreadScope } from "./scope.ts";
import type { SharingChanged } from "./sharing.schema.ts";
import { stopUnentitled } from "./stop-turns.ts";
import { changeThread, type ThreadChange } from "./thread-change.ts";
import { type ThreadPerson, threadPeople } from "./thread-people.ts";

/**
 * One audited change of who may do what in a thread. Whoever may no longer steer has their turn stopped with it.
 * @throws FORBIDDEN when the asker's own right to share it has gone meanwhile
 */
export async function changeSharing(
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

/** A member who can be let into the thread. @throws NOT_FOUND for a bot and for who does not see the project */
export async function findPerson(tx: Tx, threadId: string, userId: string): Promise<ThreadPerson> {
  const person = (await threadPeople(tx, threadId)).find(({ id }) => id === userId);
  if (person && couldSee(person)) return person;
  throw new AppError("NOT_FOUND", { message: "There is no such member who sees the project." });
}

/** Whether somebody is a person who sees the thread's project. */
export function couldSee({ kind, role, place }: ThreadPerson): boolean {
  return kind === "human" && projectAllows(role, place, "project.read");
}
