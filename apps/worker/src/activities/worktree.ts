import { join } from "node:path";
import { openStore, type ProjectStore } from "@heddle/agent/git/store";
import { prepareWorktree } from "@heddle/agent/git/worktree";
import type { Sandbox } from "@heddle/agent/sandbox/types";
import { AppError } from "@heddle/db/errors";
import type { Deps } from "../deps.ts";
import { asAppError } from "./git-errors.ts";

type ThreadRow = {
  id: string;
  projectId: string;
  branch: string;
  baseCommit: string | null;
  headCommit: string | null;
  lastCheckpoint: string | null;
};

export type OpenWorktree = { sandbox: Sandbox; store: ProjectStore; baseCommit: string };

/** A thread's sandbox with its worktree in place: made, repaired or rebuilt from the last checkpoint as needed. */
export async function openWorktree(deps: Deps, thread: ThreadRow): Promise<OpenWorktree> {
  if (thread.baseCommit === null) throw new AppError("INTERNAL", { message: "The thread has no base yet." });
  const store = openStore(deps.homeDir, thread.projectId);
  try {
    const sandbox = await openSandbox(deps, thread, store);
    await prepareWorktree(sandbox, store, {
      threadId: thread.id,
      branch: thread.branch,
      baseCommit: thread.baseCommit,
      headCommit: thread.headCommit ?? undefined,
      checkpoint: thread.lastCheckpoint ?? undefined,
    });
    return { sandbox, store, baseCommit: thread.baseCommit };
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
