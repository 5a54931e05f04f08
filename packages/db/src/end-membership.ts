import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import { leaveInboxes } from "./inbox-leave.ts";
import type { MemberEnd } from "./members.schema.ts";
import type { After } from "./mutate.ts";
import { stopTurns } from "./stop-turns.ts";

/** @property threadIds whose workflows the caller pokes: their turns were stopped */
export type Ended = MemberEnd & { threadIds: string[]; heirId: string | null };

type Ending = {
  workspaceId: string;
  userId: string;
  /** Who gets the private threads; `null` only where nobody is left to. */
  heirId: string | null;
  /** Who ended it: named where a turn was stopped. */
  byId: string;
};

/**
 * Within the caller's transaction, with the members locked: the member's turns stop, the places in projects and threads, the
 * personal tokens and the inbox are gone, private threads are somebody else's. Sessions end where no other workspace is left; else
 * they go on without rights here.
 * @throws NOT_FOUND, BAD_INPUT when the heir is no member or may not see a project of such a thread
 */
export async function endMembership(tx: Tx, after: After, ending: Ending): Promise<Ended> {
  const { workspaceId, userId, heirId, byId } = ending;
  const privately = { workspaceId, createdById: userId, visibility: "private" as const };
  const hasThreads = (await tx.thread.count({ where: privately })) > 0;
  if (heirId !== null) await assertMayInherit(tx, { ...ending, heirId });
  const stopped = await stopTurns(tx, after, { workspaceId, senderId: userId, byId });
  const handed = hasThreads && heirId !== null ? { createdById: heirId } : null;
  const threads = handed ? (await tx.thread.updateMany({ where: privately, data: handed })).count : 0;
  const revokedAt = new Date();
  const live = { workspaceId, revokedAt: null };
  const tokens = await tx.apiToken.updateMany({ where: { ...live, userId }, data: { revokedAt } });
  const botTokens = await tx.apiToken.count({ where: { ...live, createdById: userId } });
  await tx.projectMember.deleteMany({ where: { userId, project: { workspaceId } } });
  await tx.threadMember.deleteMany({ where: { userId, thread: { workspaceId } } });
  await tx.threadRead.deleteMany({ where: { userId, thread: { workspaceId } } });
  await leaveInboxes(tx, workspaceId, userId);
  await tx.membership.delete({ where: { workspaceId_userId: { workspaceId, userId } } });
  if ((await tx.membership.count({ where: { userId } })) === 0) {
    await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt } });
  }
  // Open streams look at their rights again.
  after({ k: "workspace", w: workspaceId });
  return { ...stopped, heirId, threads, tokens: tokens.count, botTokens };
}

/** The human owner of longest standing but for one; `null` when that one is the last. */
export async function firstOwner(tx: Tx, workspaceId: string, except: string): Promise<string | null> {
  const owner = await tx.membership.findFirst({
    where: { workspaceId, role: "owner", user: { kind: "human" }, userId: { not: except } },
    orderBy: [{ createdAt: "asc" }, { userId: "asc" }],
  });
  return owner?.userId ?? null;
}

async function assertMayInherit(tx: Tx, { workspaceId, userId, heirId }: Ending & { heirId: string }): Promise<void> {
  const heir = await tx.membership.findUnique({
    where: { workspaceId_userId: { workspaceId, userId: heirId }, user: { kind: "human" } },
  });
  if (!heir || heirId === userId) {
    throw new AppError("NOT_FOUND", { message: "There is no such member who could have the threads." });
  }
  if (heir.role === "owner" || heir.role === "admin" || heir.role === "auditor") return;
  const hidden = await tx.project.count({
    where: {
      workspaceId,
      visibility: "restricted",
      threads: { some: { createdById: userId, visibility: "private" } },
      members: { none: { userId: heirId } },
    },
  });
  if (hidden === 0) return;
  throw new AppError("BAD_INPUT", {
    message: "Some of the threads are in a project that this member does not see. Choose somebody else.",
  });
}
