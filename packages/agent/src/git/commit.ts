import type { Sandbox } from "../sandbox/types.ts";
import { GitError } from "./errors.ts";
import { inOrder } from "./lock.ts";
import { type OutgoingPack, packFromStore, packOfCommit } from "./outgoing.ts";
import { type CommitInfo, readCommits } from "./read.ts";
import { takeSnapshot } from "./snapshots.ts";
import type { ProjectStore } from "./store.ts";
import { adoptCommit } from "./worktree.ts";
import { assertPrepared, threadQueue } from "./worktree-state.ts";
import { cleanMessage, commitBody, commitSeconds, type Identity, moveRef, writeCommit } from "./write.ts";

export type CommitOptions = {
  threadId: string;
  /** Full name without `refs/heads/`. */
  branch: string;
  /** The thread's previous commit, or the one that it started from. */
  parent: string;
  /** The thread's last recorded checkpoint, when there is one. */
  checkpoint?: string;
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
 * @returns `pack`, to be closed: what the commit adds to its parent and the checkpoint, for other hosts
 * @throws GitError `NOTHING_TO_COMMIT`, `REF_NOT_FOUND`, and what checkpoint() throws
 */
export function commitThread(
  sandbox: Sandbox,
  store: ProjectStore,
  options: CommitOptions,
): Promise<{ commit: string; pack: OutgoingPack }> {
  const { threadId, branch, parent, author, committedAt, maxBytes, signal } = options;
  const have = [parent, ...(options.checkpoint === undefined ? [] : [options.checkpoint])];
  const ref = `refs/heads/${branch}`;
  return inOrder(threadQueue(threadId), async () => {
    await assertPrepared(store, threadId);
    const [tip, from, last] = await readCommits(store.threadsDir, [ref, parent, have.at(-1) as string]);
    if (!from || !last) throw new GitError("REF_NOT_FOUND", `The commit ${parent} is not in the project's store.`);
    const madeBefore = tip && isSame(tip, options) ? tip.commit : null;
    const pack = madeBefore
      ? await packFromStore(store, { threadId, commit: madeBefore, ref, have, signal })
      : await makeCommit(from, last.tree);
    const { commit } = pack;
    try {
      if (commit !== tip?.commit) await moveRef(store, ref, commit, tip?.commit ?? null);
      await adoptCommit(sandbox, store, { branch, commit, signal });
      return { commit, pack };
    } catch (error) {
      await pack.close();
      throw error;
    }
  });

  async function makeCommit(from: CommitInfo, haveTree: string): Promise<OutgoingPack> {
    const { message, committer = author } = options;
    const { tree, pack } = await takeSnapshot(sandbox, store, { threadId, haveTree, maxBytes, signal });
    if (tree === from.tree) {
      await pack?.close();
      throw new GitError("NOTHING_TO_COMMIT", "There is nothing to commit.");
    }
    const made = { tree, parent, message, author, committer, at: committedAt };
    return packOfCommit({ commit: await writeCommit(store, made), ref }, pack, commitBody(made));
  }
}

/** Made by an earlier attempt of the same call. */
function isSame(tip: CommitInfo, { parent, message, committedAt }: CommitOptions): boolean {
  const time = ` ${commitSeconds(committedAt)} +0000`;
  return tip.parents[0] === parent && tip.committer.endsWith(time) && tip.message === cleanMessage(message);
}
