import type { Database, Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import { type ThreadPlace, type ThreadRight, threadAllows, type WorkspaceRole } from "./permissions.ts";
import { placeOf, standingOf } from "./scope.ts";

/** A member of the workspace and their place in one thread, whether they see it or not. */
export type ThreadPerson = {
  id: string;
  name: string;
  kind: "human" | "bot";
  role: WorkspaceRole;
  place: ThreadPlace;
  /** The most that they may do as of now; `null` for who does not see the thread. */
  may: ThreadRight | null;
};

/** All members of the thread's workspace, people and bots, by name. @throws NOT_FOUND for a thread that is gone */
export async function threadPeople(db: Tx | Database["prisma"], threadId: string): Promise<ThreadPerson[]> {
  const thread = await db.thread.findUnique({
    where: { id: threadId },
    include: { members: true, project: { select: { visibility: true, members: true } } },
  });
  if (!thread) throw new AppError("NOT_FOUND");
  const memberships = await db.membership.findMany({
    where: { workspaceId: thread.workspaceId },
    include: { user: { select: { name: true, kind: true } } },
    orderBy: [{ user: { name: "asc" } }, { userId: "asc" }],
  });
  const { project } = thread;
  return memberships.map(({ userId: id, role, user: { name, kind } }) => {
    const their = <T extends { userId: string }>(rows: T[]) => rows.filter(({ userId }) => userId === id);
    const standing = standingOf({ visibility: project.visibility, members: their(project.members) });
    const place = placeOf({ ...thread, members: their(thread.members) }, standing, id);
    return { id, name, kind, role, place, may: mostOf(role, place) };
  });
}

/** The most that a member may do in a place. */
export function mostOf(role: WorkspaceRole, place: ThreadPlace): ThreadRight | null {
  if (threadAllows(role, place, "thread.prompt")) return "steer";
  if (threadAllows(role, place, "thread.comment")) return "comment";
  return threadAllows(role, place, "thread.read") ? "view" : null;
}
