import type { Sandbox } from "../sandbox/types.ts";
import { addEmptyDirectories, splitEmptyDirectories } from "./empty-directories.ts";
import { GitError } from "./errors.ts";
import { inOrder } from "./lock.ts";
import { type OutgoingPack, packFromStore, packOfCommit } from "./outgoing.ts";
import { readCommits } from "./read.ts";
import { takeSnapshot } from "./snapshots.ts";
import type { ProjectStore } from "./store.ts";
import { assertPrepared, threadQueue } from "./worktree-state.ts";
import { cleanMessage, commitBody, moveRef, writeCommit } from "./write.ts";

export type CheckpointOptions = {
  threadId: string;
  /** The thread's last checkpoint, or the commit that it started from. */
  parent: string;
  message: string;
  /** The most that one checkpoint may bring, compressed, and that one file may have; 1 GiB when absent. */
  maxBytes?: number;
  signal?: AbortSignal;
};

const heddle = { name: "Heddle", email: "heddle@heddle.invalid" };

/** `pack` is what the commit adds to its parent, for other hosts; to be closed. */
export type Checkpoint =
  | { commit: string; changed: false; pack?: undefined }
  | { commit: string; changed: true; pack: OutgoingPack };

export const checkpointRef = (threadId: string) => `refs/heddle/threads/${threadId}`;

/**
 * Records the whole worktree, untracked files too, as a commit on the thread's own ref in the store of threads. The
 * agent's branch, index and `.git` are not touched.
 *
 * An unchanged tree makes no commit: `commit` is `parent` then. A call repeated after a crash returns what the first one
 * made. Empty directories are named in the message (see empty-directories.ts); they alone make no change.
 * @throws GitError `REF_NOT_FOUND`, `WORKTREE_NOT_PREPARED`, `SNAPSHOT_TOO_LARGE`, `SNAPSHOT_REFUSED`, `WORKTREE_FAILED`
 */
export function checkpoint(sandbox: Sandbox, store: ProjectStore, options: CheckpointOptions): Promise<Checkpoint> {
  const { threadId, parent, maxBytes, signal } = options;
  return inOrder(threadQueue(threadId), async () => {
    await assertPrepared(store, threadId);
    const ref = checkpointRef(threadId);
    const [last, from] = await readCommits(store.threadsDir, [ref, parent]);
    if (!from) throw new GitError("REF_NOT_FOUND", `The commit ${parent} is not in the project's store.`);
    const haveTree = from.tree;
    const snapshot = await takeSnapshot(sandbox, store, { threadId, haveTree, maxBytes, signal });
    const { tree, emptyDirectories, pack: received } = snapshot;
    if (tree === from.tree) return { commit: from.commit, changed: false };

    const message = cleanMessage(options.message);
    const before = last && splitEmptyDirectories(last.message);
    if (last?.tree === tree && last.parents[0] === from.commit && before?.message === message) {
      await received?.close();
      const { commit } = last;
      return {
        commit,
        changed: true,
        pack: await packFromStore(store, { threadId, commit, ref, have: [parent], signal }),
      };
    }
    const made = {
      tree,
      parent: from.commit,
      message: addEmptyDirectories(message, emptyDirectories ?? []),
      author: heddle,
      committer: heddle,
      at: new Date(),
    };
    const commit = await writeCommit(store, made);
    await moveRef(store, ref, commit, last?.commit ?? null);
    return { commit, changed: true, pack: packOfCommit({ commit, ref }, received, commitBody(made)) };
  });
}
