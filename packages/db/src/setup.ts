import type { Database, Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { Item } from "./generated/client.ts";
import { newId } from "./ids.ts";
import { auditDenied, mutate } from "./mutate.ts";
import { assertThreadOpen } from "./open-thread.ts";
import { projectAllows } from "./permissions.ts";
import { retryTurn } from "./retry.ts";
import { asSetup, openRequest } from "./run-setup.ts";
import type { ThreadScope } from "./scope.ts";
import { isAgreed, scriptOrNull, setupDigest } from "./setup-agreement.ts";
import { changeThread, type ThreadChange } from "./thread-change.ts";
import type { DecideSetupInput } from "./threads.schema.ts";

/**
 * Answers a thread that waits for somebody to agree to the setup script, or whose setup has failed. `run` agrees, for
 * the whole project, to just the script and hosts that were asked for; `skip` lets this thread do without. The caller
 * pokes the threads of the project that wait.
 * @throws NOT_WAITING; QUESTION_CHANGED; FORBIDDEN for `run` without `project.manage`
 */
export async function decideSetup(scope: ThreadScope, { decision, requestId }: DecideSetupInput): Promise<void> {
  if (decision === "run") await assertMayAgree(scope);
  const entry = (request: Item | null) => ({
    action: decision === "run" ? "project.agree_setup" : "thread.skip_setup",
    resource: { type: "thread", id: scope.threadId },
    detail: { projectId: scope.projectId, setup: request && setupDigest(asSetup(request)) },
  });
  const request = await mutate(scope, entry, (tx, after) =>
    changeThread(tx, after, scope.threadId, async (change) => {
      const { setupStatus } = await tx.thread.findUniqueOrThrow({ where: { id: scope.threadId } });
      const asked = await openRequest(tx, scope.threadId);
      if (asked === null && setupStatus !== "failed") throw new AppError("NOT_WAITING");
      if (requestId !== undefined && asked?.id !== requestId) throw new AppError("QUESTION_CHANGED");
      if (asked) await answer(tx, change, scope, asked, decision);
      if (decision === "skip") await tellSkipped(tx, change, scope);
      change.set({ setupStatus: decision === "skip" ? "skipped" : "none" });
      after({ k: "workspace", w: scope.workspaceId });
      return asked;
    }),
  );
  if (request === null) await retryFailed(scope);
}

/**
 * Lets the setup script run again: at once where it has failed, otherwise before the next turn.
 * @throws NO_SETUP_SCRIPT, THREAD_ARCHIVED
 */
export async function retrySetup(scope: ThreadScope): Promise<void> {
  const project = await scope.db.prisma.project.findUniqueOrThrow({ where: { id: scope.projectId } });
  if (scriptOrNull(project.setupScript) === null) throw new AppError("NO_SETUP_SCRIPT");
  const entry = { action: "thread.retry_setup", resource: { type: "thread", id: scope.threadId } };
  const failed = await mutate(scope, entry, (tx, after) =>
    changeThread(tx, after, scope.threadId, async (change) => {
      await assertThreadOpen(tx, change.thread);
      const { setupStatus } = await tx.thread.findUniqueOrThrow({ where: { id: scope.threadId } });
      if (setupStatus === "asked" || setupStatus === "running") return false;
      change.set({ setupStatus: "none", setupFor: null });
      return setupStatus === "failed";
    }),
  );
  if (failed) await retryFailed(scope);
}

/** Threads whose wait is over and which have not gone on yet: what a reconciler pokes. */
export async function answeredThreads(db: Database): Promise<string[]> {
  const threads = await db.prisma.thread.findMany({
    where: { status: "waiting" },
    include: {
      project: true,
      items: { where: { type: "approvalRequest", status: "running" }, select: { id: true } },
      turns: { where: { status: "running", interruptedAt: { not: null } }, select: { id: true } },
    },
  });
  const isAnswered = ({ project, items, turns }: (typeof threads)[number]) =>
    items.length === 0 || turns.length > 0 || scriptOrNull(project.setupScript) === null || isAgreed(project);
  return threads.filter(isAnswered).map(({ id }) => id);
}

async function assertMayAgree(scope: ThreadScope): Promise<void> {
  if (projectAllows(scope.role, scope.standing, "project.manage")) return;
  await auditDenied(scope, { action: "project.manage", resource: { type: "project", id: scope.projectId } });
  throw new AppError("FORBIDDEN", {
    message: "Only who manages the project can agree to its setup script. You can let this thread do without.",
  });
}

async function answer(
  tx: Tx,
  change: ThreadChange,
  scope: ThreadScope,
  request: Item,
  decision: DecideSetupInput["decision"],
): Promise<void> {
  const decidedBy = { id: scope.principal.userId, name: scope.principal.name };
  const data = { ...(request.data as object), decidedBy };
  const status = decision === "run" ? ("completed" as const) : ("declined" as const);
  await change.putItem({ ...request, status, data, model: undefined });
  if (decision === "skip") return;
  const setupApproved = setupDigest(asSetup(request));
  await tx.project.update({ where: { id: scope.projectId }, data: { setupApproved } });
}

async function tellSkipped(tx: Tx, change: ThreadChange, scope: ThreadScope): Promise<void> {
  const turn = await tx.turn.findFirstOrThrow({
    where: { threadId: scope.threadId, startedAt: { not: null } },
    orderBy: { number: "desc" },
  });
  const message = `${scope.principal.name} lets this thread go on without the setup script.`;
  await change.putItem({
    id: `${turn.id}/notice/${newId()}`,
    turnId: turn.id,
    step: -1,
    type: "notice",
    status: "completed",
    data: { kind: "setupSkipped", message },
  });
}

/** The turn that the failure ended goes on; where another one has begun since, that is enough. */
async function retryFailed(scope: ThreadScope): Promise<void> {
  await retryTurn(scope).catch((error: unknown) => {
    if (error instanceof AppError && (error.code === "NOT_LAST_TURN" || error.code === "THREAD_BUSY")) return;
    throw error;
  });
}
