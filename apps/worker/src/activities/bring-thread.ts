import { checkpointRef } from "@heddle/agent/git/checkpoint";
import { packFromStore } from "@heddle/agent/git/outgoing";
import { rebuildThread, upstreamHas } from "@heddle/agent/git/rebuild";
import type { ProjectStore } from "@heddle/agent/git/store";
import { hasPack, listPacks, preparePack, recordPack } from "@heddle/db/checkpoint-packs";
import { AppError } from "@heddle/db/errors";
import { progress } from "@heddle/db/run-scope";
import type { Deps } from "../deps.ts";
import { refreshStore } from "./fetch-project.ts";

/** What must be known of a thread to make its worktree anywhere. */
export type KeptThread = {
  id: string;
  projectId: string;
  branch: string;
  baseCommit: string;
  headCommit: string | null;
  lastCheckpoint: string | null;
  moves: number;
};

/**
 * Brings what a thread has into this host's store, if it may lie elsewhere: upstream from the project's source, then the
 * thread's own commits from their packs.
 * @throws PROJECT_NOT_READY when the source cannot be read here, REF_NOT_FOUND when it has lost what the thread builds on
 */
export async function bringThread(
  deps: Deps,
  store: ProjectStore,
  thread: KeptThread,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const { id, baseCommit, headCommit, lastCheckpoint, moves, projectId } = thread;
  if (moves === 0 && headCommit === null && lastCheckpoint === null) return;
  if (!(await upstreamHas(store, baseCommit))) {
    const problem = await refreshStore(deps, projectId, signal);
    if (problem && !store.isFetched()) {
      const message = `The host that this thread has moved to cannot read the project's repository. ${problem.message}`;
      throw new AppError("PROJECT_NOT_READY", { cause: problem, message });
    }
    if (!(await upstreamHas(store, baseCommit)))
      throw new AppError("REF_NOT_FOUND", { message: baseIsGone(baseCommit) });
  }
  await rebuildThread(store, id, await listPacks({ db: deps.db, threadId: id }), signal);
}

function baseIsGone(commit: string): string {
  return `The project's source no longer has the commit ${commit.slice(0, 10)} that this thread started from, so the thread cannot go on at another host than its first.`;
}

/** Makes up for the packs of a thread whose commits are older than packs: until then it is tied to this host. */
export async function keepForOthers(
  deps: Deps,
  store: ProjectStore,
  thread: KeptThread,
  signal?: AbortSignal,
): Promise<void> {
  const { id: threadId, branch, baseCommit, headCommit, lastCheckpoint } = thread;
  const refs: [string, string | null][] = [
    [checkpointRef(threadId), lastCheckpoint],
    [`refs/heads/${branch}`, headCommit],
  ];
  const scope = { db: deps.db, threadId, fence: deps.fence };
  for (const [ref, commit] of refs) {
    if (commit === null || commit === baseCommit || (await hasPack(deps.db.prisma, threadId, commit))) continue;
    const pack = await packFromStore(store, { threadId, commit, ref, have: [baseCommit], signal });
    try {
      const prepared = await preparePack(scope, pack);
      await progress(scope, (tx) => recordPack(tx, threadId, prepared));
    } finally {
      await pack.close();
    }
  }
}
