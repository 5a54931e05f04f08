import { checkpoint } from "@heddle/agent/git/checkpoint";
import { diffStat } from "@heddle/agent/git/read";
import { openStore } from "@heddle/agent/git/store";
import { type TurnScope, turnScope } from "@heddle/db/run-scope";
import { loadTurn, recordCheckpoint } from "@heddle/db/run-turn";
import type { Deps } from "../deps.ts";
import { heartbeating } from "./heartbeat.ts";
import { openSandbox } from "./worktree.ts";

/** Keeps the whole worktree as a commit on the thread's own ref, if the step has changed it. */
export function createKeepCheckpoint(deps: Deps) {
  return ({ turnId, step }: { turnId: string; step: number }): Promise<void> =>
    heartbeating(async () => {
      const scope = await turnScope(deps.db, turnId, deps.fence);
      await keep(deps, scope, `Step ${step} of turn ${turnId}`);
    });
}

/** … what an interrupted turn has left. */
export function createKeepLastCheckpoint(deps: Deps) {
  return ({ turnId }: { turnId: string }): Promise<void> =>
    heartbeating(async () => {
      const scope = await turnScope(deps.db, turnId, deps.fence, { interrupted: true });
      await keep(deps, scope, `Interrupted turn ${turnId}`);
    });
}

async function keep(deps: Deps, scope: TurnScope, message: string): Promise<void> {
  const { thread } = await loadTurn(scope);
  const { baseCommit } = thread;
  if (baseCommit === null) return;
  const store = openStore(deps.homeDir, thread.projectId);
  const sandbox = await openSandbox(deps, thread, store);
  const parent = thread.lastCheckpoint ?? baseCommit;
  const kept = await checkpoint(sandbox, store, { threadId: thread.id, parent, message });
  if (!kept.changed) return;
  const stat = await diffStat(store.threadsDir, baseCommit, kept.commit);
  await recordCheckpoint(scope, { commit: kept.commit, ...stat });
}
