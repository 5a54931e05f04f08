import { goBack } from "@heddle/agent/git/go-back";
import { beginGoBack, completeGoBack, readGoBack } from "@heddle/db/go-back";
import type { TurnScope } from "@heddle/db/run-scope";
import type { Deps } from "../deps.ts";
import { keepWorktree } from "./keep-checkpoint.ts";
import type { OpenWorktree } from "./worktree.ts";

/**
 * Puts the files back where an edited prompt asks for it. What is there becomes a checkpoint first, and the notice that
 * names it is written before any file changes; whoever repeats this after a crash finds the notice and makes no checkpoint
 * of half-changed files. Is not stopped midway: an interrupt waits for it.
 */
export async function goBackIfAsked(deps: Deps, scope: TurnScope, worktree: OpenWorktree): Promise<void> {
  const asked = await readGoBack(scope);
  if (!asked) return;
  const kept = asked.kept ?? (await keepWorktree(deps, scope, `Before turn ${scope.turnId}`));
  if (kept === null) return;
  if (asked.kept === null) await beginGoBack(scope, kept);
  await goBack(worktree.sandbox, worktree.store, { threadId: scope.threadId, from: kept, to: asked.to });
  await keepWorktree(deps, scope, `Put back for turn ${scope.turnId}`);
  await completeGoBack(scope, kept);
}
