import type { Sandbox } from "../sandbox/types.ts";
import { checkpointRef } from "./checkpoint.ts";
import { GitError } from "./errors.ts";
import { inOrder } from "./lock.ts";
import { type CommitInfo, readCommits } from "./read.ts";
import { takeSnapshot } from "./snapshots.ts";
import type { ProjectStore } from "./store.ts";
import { adoptCommit } from "./worktree.ts";
import { assertPrepared, threadQueue } from "./worktree-state.ts";
import { cleanMessage, commitSeconds, type Identity, moveRef, writeCommit } from "./write.ts";

export type CommitOptions = {
  threadId: string;
  /** Full name without `refs/heads/`. */
  branch: string;
  /** The thread's previous commit, or the one that it started from. */
  parent: string;
  /** With its trailers. */
  message: string;
  author: Identity;
  /** The author when absent. */
  committer?: Identity;
  /** Chosen once by the caller: it makes a repeated call the same commit. */
  committedAt: Date;
  /** The most that one call may bring, compressed, and that one file may have; 1 GiB when absent. */
  maxBytes?: number;
  signal?: AbortSignal;
};

/**
 * Commits the worktree as it is now, untracked files too, as one commit on the thread's branch in the store of threads,
 * and puts the HEAD and index of the worktree there: whatever the agent committed itself is flattened into it.
 * Repeated with the same values after a crash anywhere, it completes and returns the first call's commit.
 * @throws GitError `NOTHING_TO_COMMIT`, `REF_NOT_FOUND`, and what checkpoint() throws
 */
export function commitThread(
  sandbox: Sandbox,
  store: ProjectStore,
  options: CommitOptions,
): Promise<{ commit: string }> {
  const { threadId, branch, parent, author, committedAt, maxBytes, signal } = options;
  return inOrder(threadQueue(threadId), async () => {
    await assertPrepared(store, threadId);
    const ref = `refs/heads/${branch}`;
    const [tip, from, last] = await readCommits(store.threadsDir, [ref, parent, checkpointRef(threadId)]);
    if (!from) throw new GitError("REF_NOT_FOUND", `The commit ${parent} is not in the project's store.`);
    const madeBefore = tip && isSame(tip, options) ? tip.commit : null;
    const commit = madeBefore ?? (await makeCommit(from, last?.tree ?? from.tree));
    if (commit !== tip?.commit) await moveRef(store, ref, commit, tip?.commit ?? null);
    await adoptCommit(sandbox, store, { branch, commit, signal });
    return { commit };
  });

  async function makeCommit(from: CommitInfo, haveTree: string): Promise<string> {
    const { message, committer = author } = options;
    const { tree } = await takeSnapshot(sandbox, store, { threadId, haveTree, maxBytes, signal });
    if (tree === from.tree) throw new GitError("NOTHING_TO_COMMIT", "There is nothing to commit.");
    return writeCommit(store, { tree, parent, message, author, committer, at: committedAt });
  }
}

/** Made by an earlier attempt of the same call. */
function isSame(tip: CommitInfo, { parent, message, committedAt }: CommitOptions): boolean {
  const time = ` ${commitSeconds(committedAt)} +0000`;
  return tip.parents[0] === parent && tip.committer.endsWith(time) && tip.message === cleanMessage(message);
}
