import { type Actor, actorOfPrincipal } from "./audit.ts";
import type { Database, Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { JobKind, Turn } from "./generated/client.ts";
import { type After, transact } from "./mutate.ts";
import type { Permission } from "./permissions.ts";
import { type Principal, type ThreadScope, threadScope } from "./scope.ts";
import { changeThread, type HostFence, type ThreadChange } from "./thread-change.ts";

/** A worker's right to go on with somebody's turn or job, loaded anew for each step. */
export type RunScope = {
  readonly db: Database;
  readonly actor: Actor;
  readonly principal: Principal;
  readonly workspaceId: string;
  readonly projectId: string;
  readonly threadId: string;
  readonly fence: HostFence | undefined;
};

export type TurnScope = RunScope & { readonly turnId: string };
export type JobScope = RunScope & { readonly jobId: string };

/**
 * The scope of a turn's sender as it is now.
 * @param options.closing for what is still to be done when the turn was stopped: it takes no right
 * @throws NOT_FOUND; RIGHTS_LOST when the sender may no longer prompt this thread; INTERRUPTED
 */
export async function turnScope(
  db: Database,
  turnId: string,
  fence?: HostFence,
  options: { closing?: true } = {},
): Promise<TurnScope> {
  const turn = await db.prisma.turn.findUnique({ where: { id: turnId } });
  if (!turn) throw new AppError("NOT_FOUND");
  if (options.closing) return { ...(await closingScope(db, turn, fence)), turnId };
  if (turn.interruptedAt) throw new AppError("INTERRUPTED");
  const scope = await actingScope(db, turn.senderId, turn.tokenId, turn.threadId, "thread.prompt").catch(rightsLost);
  return { ...running(scope, fence), turnId };
}

function rightsLost(error: unknown): never {
  const lost = error instanceof AppError && (error.code === "FORBIDDEN" || error.code === "NOT_FOUND");
  throw lost ? new AppError("RIGHTS_LOST", { cause: error }) : error;
}

/** Keeping what a stopped turn has left takes no right: its sender may have been removed just then. */
async function closingScope(db: Database, turn: Turn, fence: HostFence | undefined): Promise<RunScope> {
  const { threadId, senderId } = turn;
  const { workspaceId, projectId } = await db.prisma.thread.findUniqueOrThrow({ where: { id: threadId } });
  const principal = await actingPrincipal(db, senderId, null, threadId);
  return running({ db, principal, workspaceId, projectId, threadId }, fence);
}

const jobPermissions = {
  commit: "thread.commit",
  commitMessage: "thread.commit",
  push: "thread.push",
  archive: "thread.archive",
  restore: "thread.archive",
  remove: "thread.delete",
} as const satisfies Record<JobKind, Permission>;

/** … of whoever asked for a job. */
export async function jobScope(db: Database, jobId: string, fence?: HostFence): Promise<JobScope> {
  const job = await db.prisma.threadJob.findUnique({ where: { id: jobId } });
  if (!job) throw new AppError("NOT_FOUND");
  const scope = await actingScope(db, job.requestedById, job.tokenId, job.threadId, jobPermissions[job.kind]);
  return { ...running(scope, fence), jobId };
}

/**
 * What a running turn or job writes as it goes (items, checkpoints, usage): not audited one by one, but fenced and
 * numbered.
 */
export function progress<T>(
  scope: Pick<RunScope, "db" | "threadId" | "fence">,
  write: (tx: Tx, change: ThreadChange, after: After) => Promise<T>,
): Promise<T> {
  return transact(scope.db, (tx, after) =>
    changeThread(tx, after, scope.threadId, (change) => write(tx, change, after), scope.fence),
  );
}

async function actingScope(
  db: Database,
  userId: string,
  tokenId: string | null,
  threadId: string,
  permission: Permission,
): Promise<ThreadScope> {
  return threadScope(db, await actingPrincipal(db, userId, tokenId, threadId), threadId, permission);
}

async function actingPrincipal(
  db: Database,
  userId: string,
  tokenId: string | null,
  threadId: string,
): Promise<Principal> {
  const user = await db.prisma.user.findUnique({ where: { id: userId } });
  if (!user) throw new AppError("FORBIDDEN");
  return {
    userId,
    name: user.name,
    kind: user.kind,
    via: tokenId === null ? { type: "session", sessionId: "worker" } : await tokenVia(db, tokenId),
    ip: null,
    requestId: `thread:${threadId}`,
  };
}

async function tokenVia(db: Database, tokenId: string): Promise<Principal["via"]> {
  const token = await db.prisma.apiToken.findUnique({ where: { id: tokenId } });
  if (!token || token.revokedAt) throw new AppError("FORBIDDEN", { message: "The token that sent this was revoked." });
  return { type: "token", tokenId, workspaceId: token.workspaceId, role: token.role };
}

type Acting = Pick<ThreadScope, "db" | "principal" | "workspaceId" | "projectId" | "threadId">;

function running(scope: Acting, fence: HostFence | undefined): RunScope {
  return {
    db: scope.db,
    actor: { ...actorOfPrincipal(scope.principal), via: "worker" },
    principal: scope.principal,
    workspaceId: scope.workspaceId,
    projectId: scope.projectId,
    threadId: scope.threadId,
    fence,
  };
}
