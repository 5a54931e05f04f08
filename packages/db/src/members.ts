import type { Tx } from "./database.ts";
import { type Ended, endMembership, firstOwner } from "./end-membership.ts";
import { AppError } from "./errors.ts";
import type { MemberView, RemoveMemberInput, SetMemberRoleInput } from "./members.schema.ts";
import { lockMembers } from "./members-lock.ts";
import { mutate, rememberRefusal } from "./mutate.ts";
import { lowerRole, rolesBelow, type WorkspaceRole } from "./permissions.ts";
import type { WorkspaceScope } from "./scope.ts";

/** People of the workspace by name; bots are listed as tokens. */
export async function listMembers(scope: WorkspaceScope): Promise<MemberView[]> {
  const rows = await scope.db.prisma.membership.findMany({
    where: { workspaceId: scope.workspaceId, user: { kind: "human" } },
    include: { user: { select: { name: true, email: true } } },
    orderBy: [{ user: { name: "asc" } }, { userId: "asc" }],
  });
  const below = rolesBelow(scope.role);
  return rows.map(({ userId, role, createdAt, user }) => ({
    id: userId,
    name: user.name,
    email: user.email,
    role,
    joinedAt: createdAt,
    manageable: userId !== scope.principal.userId && below.includes(role),
  }));
}

/**
 * Gives a member another role; it counts from each open turn's and stream's next check on. Owners may step down
 * themselves.
 * @throws NOT_FOUND, FORBIDDEN for a role, old or new, that the asker may not give, LAST_OWNER
 */
export async function setMemberRole(scope: WorkspaceScope, { userId, role }: SetMemberRoleInput): Promise<void> {
  const { workspaceId } = scope;
  const resource = { type: "member", id: userId };
  const entry = (from: WorkspaceRole) => ({ action: "member.set_role", resource, detail: { from, to: role } });
  const written = mutate(scope, entry, async (tx, after) => {
    const { member, below } = await openMember(tx, scope, userId);
    if (!below.includes(member.role) || !below.includes(role)) {
      throw new AppError("FORBIDDEN", { message: "Your role does not let you give or take this role." });
    }
    if (member.role === "owner" && role !== "owner") await assertAnotherOwner(tx, workspaceId, userId);
    await tx.membership.update({ where: { workspaceId_userId: { workspaceId, userId } }, data: { role } });
    // Open streams look at their rights again.
    after({ k: "workspace", w: workspaceId });
    return member.role;
  });
  await rememberRefusal(scope, { action: "member.set_role", resource, detail: { to: role } }, written);
}

/**
 * Ends a membership: see `endMembership`. Private threads go to whoever is named, else to who removes.
 * @throws NOT_FOUND, FORBIDDEN for a member above the asker, LAST_OWNER, BAD_INPUT for oneself
 */
export async function removeMember(scope: WorkspaceScope, { userId, threadsTo }: RemoveMemberInput): Promise<Ended> {
  const { principal, workspaceId } = scope;
  const removed = { action: "member.remove", resource: { type: "member", id: userId } };
  if (userId === principal.userId) throw new AppError("BAD_INPUT", { message: "Leave the workspace instead." });
  const written = mutate(scope, ended(removed), async (tx, after) => {
    const { member, below } = await openMember(tx, scope, userId);
    if (!below.includes(member.role)) throw new AppError("FORBIDDEN");
    if (member.role === "owner") await assertAnotherOwner(tx, workspaceId, userId);
    const remover = principal.kind === "human" ? principal.userId : await firstOwner(tx, workspaceId, userId);
    return endMembership(tx, after, { workspaceId, userId, heirId: threadsTo ?? remover, byId: principal.userId });
  });
  return rememberRefusal(scope, removed, written);
}

/**
 * Ends one's own membership. Private threads go to whoever is named, else to the owner of longest standing.
 * @throws LAST_OWNER, NOT_FOUND when nobody of that id can have the threads
 */
export async function leaveWorkspace(scope: WorkspaceScope, input: { threadsTo?: string }): Promise<Ended> {
  const { workspaceId, principal } = scope;
  const { userId } = principal;
  if (principal.via.type === "token") {
    throw new AppError("FORBIDDEN", { message: "Leaving is done in the browser, signed in." });
  }
  const left = { action: "member.leave", resource: { type: "member", id: userId } };
  return mutate(scope, ended(left), async (tx, after) => {
    const { member } = await openMember(tx, scope, userId);
    if (member.role === "owner") await assertAnotherOwner(tx, workspaceId, userId);
    const heirId = input.threadsTo ?? (await firstOwner(tx, workspaceId, userId));
    return endMembership(tx, after, { workspaceId, userId, heirId, byId: userId });
  });
}

const ended =
  <T extends { action: string; resource: { type: string; id: string } }>(entry: T) =>
  ({ heirId, threads, turns, tokens }: Ended) => ({ ...entry, detail: { heirId, threads, turns, tokens } });

/**
 * Locks the members and finds one of them.
 * @returns `below`: the roles that the asker may give and take as of now, when nobody else can change them
 * @throws NOT_FOUND for who is no human member
 */
async function openMember(tx: Tx, scope: WorkspaceScope, userId: string) {
  const { workspaceId, principal } = scope;
  await lockMembers(tx, workspaceId);
  const find = (id: string) =>
    tx.membership.findUnique({
      where: { workspaceId_userId: { workspaceId, userId: id }, user: { kind: "human" } },
      select: { role: true },
    });
  const member = await find(userId);
  if (!member) throw new AppError("NOT_FOUND");
  const where = { workspaceId_userId: { workspaceId, userId: principal.userId } };
  const own = await tx.membership.findUnique({ where });
  return { member, below: own ? rolesBelow(lowerRole(scope.role, own.role)) : [] };
}

async function assertAnotherOwner(tx: Tx, workspaceId: string, userId: string): Promise<void> {
  if ((await firstOwner(tx, workspaceId, userId)) === null) throw new AppError("LAST_OWNER");
}
