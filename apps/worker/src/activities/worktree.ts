import { join } from "node:path";
import { openStore, type ProjectStore } from "@heddle/agent/git/store";
import { prepareWorktree } from "@heddle/agent/git/worktree";
import { isPrepared } from "@heddle/agent/git/worktree-state";
import type { Sandbox } from "@heddle/agent/sandbox/types";
import { AppError } from "@heddle/db/errors";
import type { Deps } from "../deps.ts";
import { bringThread, type KeptThread, keepForOthers } from "./bring-thread.ts";
import { asAppError } from "./git-errors.ts";

type ThreadRow = Omit<KeptThread, "baseCommit"> & { baseCommit: string | null };

export type OpenWorktree = { sandbox: Sandbox; store: ProjectStore; baseCommit: string };

/** A thread's sandbox with its worktree in place: made, repaired or rebuilt from the last checkpoint as needed. */
export async function openWorktree(deps: Deps, row: ThreadRow, signal?: AbortSignal): Promise<OpenWorktree> {
  const { baseCommit, moves } = row;
  if (baseCommit === null) throw new AppError("INTERNAL", { message: "The thread has no base yet." });
  const thread = { ...row, baseCommit };
  const store = openStore(deps.homeDir, thread.projectId);
  try {
    const prepared = await isPrepared(store, thread.id, moves);
    if (!prepared) await bringThread(deps, store, thread, signal);
    const sandbox = await openSandbox(deps, thread, store);
    await prepareWorktree(sandbox, store, {
      threadId: thread.id,
      branch: thread.branch,
      baseCommit,
      headCommit: thread.headCommit ?? undefined,
      checkpoint: thread.lastCheckpoint ?? undefined,
      moves,
    });
    if (prepared) await keepForOthers(deps, store, thread, signal);
    return { sandbox, store, baseCommit };
  } catch (error) {
    throw asAppError(error);
  }
}

/** The sandbox alone, for steps of a turn whose worktree is known to be in place. */
export function openSandbox(
  deps: Deps,
  thread: Pick<ThreadRow, "id">,
  store: Pick<ProjectStore, "upstreamDir">,
): Promise<Sandbox> {
  const worktreeDir = join(deps.homeDir, "worktrees", thread.id);
  const { upstreamDir } = store;
  return deps.sandboxes.open({ threadId: thread.id, worktreeDir, upstreamDir, network: deps.network.of(thread.id) });
}
