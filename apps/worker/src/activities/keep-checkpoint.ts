import { checkpoint } from "@heddle/agent/git/checkpoint";
import { diffStat } from "@heddle/agent/git/read";
import { openStore } from "@heddle/agent/git/store";
import { isPrepared } from "@heddle/agent/git/worktree-state";
import { preparePack } from "@heddle/db/checkpoint-packs";
import { databaseTime } from "@heddle/db/clock";
import { type JobScope, type TurnScope, turnScope } from "@heddle/db/run-scope";
import { loadTurn, recordCheckpoint, recordUnchanged } from "@heddle/db/run-turn";
import type { Deps } from "../deps.ts";
import { heartbeating } from "./heartbeat.ts";
import { type OpenWorktree, openSandbox } from "./worktree.ts";

/** Keeps the whole worktree as a commit on the thread's own ref, if the step has changed it. */
export function createKeepCheckpoint(deps: Deps) {
  return ({ turnId, step }: { turnId: string; step: number }): Promise<void> =>
    heartbeating(async () => {
      const scope = await turnScope(deps.db, turnId, deps.fence);
      await keepWorktree(deps, scope, `Step ${step} of turn ${turnId}`);
    });
}

/** … what a stopped turn has left. Files that are incomplete, or stayed behind when the thread moved, are not it. */
export function createKeepLastCheckpoint(deps: Deps) {
  return ({ turnId }: { turnId: string }): Promise<void> =>
    heartbeating(async () => {
      const scope = await turnScope(deps.db, turnId, deps.fence, { closing: true });
      const { thread } = await loadTurn(scope);
      if (!(await isPrepared(openStore(deps.homeDir, thread.projectId), thread.id, thread.moves))) return;
      await keepWorktree(deps, scope, `Stopped turn ${turnId}`);
    });
}

/** @returns the checkpoint that holds all that is there; null before the thread has a base */
export async function keepWorktree(deps: Deps, scope: TurnScope, message: string): Promise<string | null> {
  const { thread } = await loadTurn(scope);
  const { baseCommit } = thread;
  if (baseCommit === null) return null;
  const store = openStore(deps.homeDir, thread.projectId);
  const sandbox = await openSandbox(deps, thread, store);
  return keepFiles(scope, { ...thread, baseCommit }, { sandbox, store }, message);
}

/** @returns the checkpoint that holds all that is there */
export async function keepFiles(
  scope: TurnScope | JobScope,
  thread: { id: string; baseCommit: string; lastCheckpoint: string | null },
  { sandbox, store }: Pick<OpenWorktree, "sandbox" | "store">,
  message: string,
): Promise<string> {
  const { id: threadId, baseCommit, lastCheckpoint } = thread;
  const keptAt = await databaseTime(scope.db.prisma);
  const kept = await checkpoint(sandbox, store, { threadId, parent: lastCheckpoint ?? baseCommit, message });
  if (!kept.changed) {
    await recordUnchanged(scope, keptAt);
    return kept.commit;
  }
  try {
    const stat = await diffStat(store.threadsDir, baseCommit, kept.commit);
    const pack = await preparePack(scope, kept.pack);
    await recordCheckpoint(scope, { commit: kept.commit, keptAt, pack, ...stat });
    return kept.commit;
  } finally {
    await kept.pack.close();
  }
}
