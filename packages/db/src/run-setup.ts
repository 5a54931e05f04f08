import { createHash } from "node:crypto";
import { databaseTime } from "./clock.ts";
import type { Tx } from "./database.ts";
import type { Item, Project, Thread } from "./generated/client.ts";
import { tellOfSetup } from "./inbox-turns.ts";
import type { After } from "./mutate.ts";
import { progress, type TurnScope } from "./run-scope.ts";
import { isAgreed, scriptOrNull, setupDigest } from "./setup-agreement.ts";
import type { ThreadChange } from "./thread-change.ts";

export type SetupClaim =
  /** Nothing is to be run in this worktree (any more). */
  | { state: "ready" }
  /** Somebody must agree to the script first. */
  | { state: "waiting" }
  | {
      state: "run";
      itemId: string /** Which one of this turn, from 1. */;
      run: number;
      script: string;
      data: SetupLog;
    };

/** A run of the setup script as its item shows it. */
export type SetupLog = {
  purpose: "setup";
  command: string;
  exitCode: number | null;
  output: string;
  outputBytes: number;
  durationMs: number | null;
  note?: string;
};

/**
 * Whether the setup script is to run now in this worktree; if so its item is there, marked as started, before it has
 * any effect. A run that was cut is closed and the script runs again: it is written to be repeated.
 * @param worktree which one it is: a worktree made anew is set up anew
 */
export async function claimSetup(scope: TurnScope, worktree: string): Promise<SetupClaim> {
  return progress(scope, async (tx, change, after) => {
    after({ k: "workspace", w: scope.workspaceId });
    const thread = await tx.thread.findUniqueOrThrow({ where: { id: scope.threadId }, include: { project: true } });
    const { project } = thread;
    const script = scriptOrNull(project.setupScript);
    await closeLostRuns(tx, change, scope.turnId);
    if (script === null || !isNeeded(thread, worktree)) {
      await goOn(tx, change, scope, "interrupted");
      const setupStatus = script === null && thread.setupStatus !== "skipped" ? "none" : thread.setupStatus;
      if (thread.setupFor !== worktree || thread.setupStatus !== setupStatus) {
        change.set({ setupFor: worktree, setupStatus });
      }
      return { state: "ready" };
    }
    if (!isAgreed(project)) {
      await ask(tx, change, scope, { ...project, setupScript: script }, after);
      return { state: "waiting" };
    }
    await goOn(tx, change, scope, "completed");
    const runs = await tx.item.count({ where: { turnId: scope.turnId, id: { startsWith: `${scope.turnId}/setup/` } } });
    const run = runs + 1;
    const itemId = `${scope.turnId}/setup/${run}`;
    const data: SetupLog = {
      purpose: "setup",
      command: script,
      exitCode: null,
      output: "",
      outputBytes: 0,
      durationMs: null,
    };
    await change.putItem({ ...besides(scope), id: itemId, type: "commandExecution", status: "running", data });
    await tx.item.update({ where: { id: itemId }, data: { startedAt: await databaseTime(tx) } });
    change.set({ setupStatus: "running" });
    return { state: "run", itemId, run, script, data };
  });
}

/** How a run ended. `interrupted` leaves the worktree to be set up at the next turn. */
export async function completeSetup(
  scope: TurnScope,
  run: { itemId: string; worktree: string; outcome: "completed" | "failed" | "interrupted"; data: SetupLog },
): Promise<void> {
  await progress(scope, async (tx, change) => {
    const item = await tx.item.findUniqueOrThrow({ where: { id: run.itemId } });
    if (item.status !== "running") return;
    await change.putItem({ ...item, status: run.outcome, data: run.data, model: undefined });
    if (run.outcome === "completed") change.set({ setupStatus: "done", setupFor: run.worktree });
    else change.set({ setupStatus: run.outcome === "failed" ? "failed" : "none" });
  });
}

/** Within the transaction that ends a turn: a setup that it has not come to the end of is left to the next one. */
export async function leaveSetup(tx: Tx, change: ThreadChange): Promise<void> {
  const { setupStatus } = await tx.thread.findUniqueOrThrow({ where: { id: change.thread.id } });
  if (setupStatus === "asked" || setupStatus === "running") change.set({ setupStatus: "none" });
}

/** Whether it has been told already what was copied into this worktree. */
export async function isIncluded(scope: TurnScope, worktree: string): Promise<boolean> {
  return (await scope.db.prisma.item.count({ where: { id: includedId(scope, worktree) } })) > 0;
}

/** Tells what was copied into this worktree beside what git has. */
export async function noteIncluded(scope: TurnScope, worktree: string, message: string): Promise<void> {
  await progress(scope, async (_tx, change) => {
    const data = { kind: "filesIncluded", message };
    await change.putItem({
      ...besides(scope),
      id: includedId(scope, worktree),
      type: "notice",
      status: "completed",
      data,
    });
  });
}

/** The open question of a thread, if it waits for an answer. */
export async function openRequest(tx: Tx, threadId: string): Promise<Item | null> {
  return tx.item.findFirst({ where: { threadId, type: "approvalRequest", status: "running" } });
}

/** What a question asks to agree to. */
export function asSetup(request: Item): { setupScript: string; setupHosts: string[] } {
  const { script, hosts } = request.data as { script: string; hosts: string[] };
  return { setupScript: script, setupHosts: hosts };
}

/**
 * A worktree that was made while there was no script is left as it is when one is written; one that a person has let do
 * without it, too.
 */
function isNeeded({ setupStatus, setupFor }: Thread, worktree: string): boolean {
  switch (setupStatus) {
    case "skipped":
      return false;
    case "none":
    case "done":
      return setupFor !== worktree;
    case "asked":
    case "running":
    case "failed":
      return true;
  }
}

/** Asks once for the same script and hosts, however often the turn comes by. */
async function ask(tx: Tx, change: ThreadChange, scope: TurnScope, project: Project, after: After): Promise<void> {
  const open = await openRequest(tx, scope.threadId);
  if (open && setupDigest(asSetup(open)) !== setupDigest(project)) await close(change, open, "interrupted");
  else if (open) return change.set({ status: "waiting", setupStatus: "asked" });
  const asked = await tx.item.count({ where: { turnId: scope.turnId, type: "approvalRequest" } });
  const reason =
    project.setupApproved === null
      ? "The project has a setup script that nobody has agreed to yet."
      : "The project's setup script or its hosts have changed since somebody agreed to them.";
  const requestId = `${scope.turnId}/ask/${asked + 1}`;
  await change.putItem({
    ...besides(scope),
    id: requestId,
    type: "approvalRequest",
    status: "running",
    data: { reason, script: project.setupScript, hosts: project.setupHosts },
  });
  await tellOfSetup(tx, after, scope, requestId);
  change.set({ status: "waiting", setupStatus: "asked" });
}

/** The waiting, if there was any, is over; it does not count as the turn's time. */
async function goOn(
  tx: Tx,
  change: ThreadChange,
  scope: TurnScope,
  answer: "completed" | "interrupted",
): Promise<void> {
  const open = await openRequest(tx, scope.threadId);
  if (open) await close(change, open, answer);
  if (change.thread.status !== "waiting") return;
  await tx.turn.update({ where: { id: scope.turnId }, data: { startedAt: new Date() } });
  change.set({ status: "running" });
}

async function closeLostRuns(tx: Tx, change: ThreadChange, turnId: string): Promise<void> {
  const lost = await tx.item.findMany({ where: { turnId, status: "running", id: { startsWith: `${turnId}/setup/` } } });
  const note = "It was cut by the end of its worker or sandbox. The script runs again.";
  for (const item of lost) await close(change, { ...item, data: { ...(item.data as object), note } }, "interrupted");
}

async function close(change: ThreadChange, item: Item, status: "completed" | "interrupted"): Promise<void> {
  await change.putItem({ ...item, status, data: item.data as object, model: undefined });
}

function includedId({ threadId }: TurnScope, worktree: string): string {
  return `${threadId}/included/${createHash("sha256").update(worktree).digest("hex").slice(0, 16)}`;
}

/** Where it stands in the turn: beside its steps, so that no model is told of it. */
const besides = ({ turnId }: TurnScope) => ({ turnId, step: -1 });
