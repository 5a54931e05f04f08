import { readTextFile } from "@heddle/agent/git/read-file";
import { openStore } from "@heddle/agent/git/store";
import { AppError } from "@heddle/db/errors";
import { type TurnScope, turnScope } from "@heddle/db/run-scope";
import { loadTurn, noteFailure, recordBase } from "@heddle/db/run-turn";
import type { Deps } from "../deps.ts";
import { refreshStore } from "./fetch-project.ts";
import { asAppError } from "./git-errors.ts";
import { goBackIfAsked } from "./go-back.ts";
import { setUpWorktree } from "./set-up-worktree.ts";
import { turnStep } from "./turn-step.ts";
import { type OpenWorktree, openWorktree } from "./worktree.ts";

/** `waiting`: a person must decide something before the turn can go on. */
export type Prepared = "ready" | "waiting";

/** Fixes the thread's base at its first turn, puts the worktree in place and sets it up. */
export function createPrepareWorktree(deps: Deps) {
  return ({ turnId }: { turnId: string }): Promise<Prepared> =>
    turnStep<Prepared>(deps, turnId, async (stop) => {
      const scope = await turnScope(deps.db, turnId, deps.fence);
      const loaded = await loadTurn(scope);
      const worktree = await putInPlace(deps, scope, loaded, stop.signal);
      return setUpWorktree(deps, scope, loaded, worktree, stop);
    });
}

type Loaded = Pick<Awaited<ReturnType<typeof loadTurn>>, "thread" | "project">;

async function putInPlace(deps: Deps, scope: TurnScope, loaded: Loaded, signal: AbortSignal): Promise<OpenWorktree> {
  try {
    const baseCommit = loaded.thread.baseCommit ?? (await fixBase(deps, scope, loaded, signal));
    const worktree = await openWorktree(deps, { ...loaded.thread, baseCommit }, signal);
    await goBackIfAsked(deps, scope, worktree);
    return worktree;
  } catch (thrown) {
    const error = asAppError(thrown);
    if (error.code !== "INTERNAL") await noteFailure(scope, { code: error.code, message: error.message });
    throw error;
  }
}

/** @returns the commit that the thread starts from */
async function fixBase(
  deps: Deps,
  scope: TurnScope,
  { thread, project }: Loaded,
  signal: AbortSignal,
): Promise<string> {
  const store = openStore(deps.homeDir, project.id);
  const problem = await refreshStore(deps, project.id, signal);
  // A source that has vanished since is no obstacle: work starts from what was fetched last, and the project says so.
  if (problem && !store.isFetched()) {
    throw new AppError("PROJECT_NOT_READY", { cause: problem, message: problem.message });
  }
  const baseRef = thread.baseRef ?? (await store.defaultBranch());
  const baseCommit = baseRef === null ? null : await store.resolve(baseRef);
  if (baseRef === null || baseCommit === null) {
    throw new AppError("REF_NOT_FOUND", {
      message: `There is no branch or commit “${baseRef ?? "HEAD"}” in the project.`,
    });
  }
  const instructions = await readTextFile(store.upstreamDir, baseCommit, "AGENTS.md");
  await recordBase(scope, { baseRef, baseCommit, instructions });
  return baseCommit;
}
