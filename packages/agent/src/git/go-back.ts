import { inside, type Sandbox } from "../sandbox/types.ts";
import { splitEmptyDirectories } from "./empty-directories.ts";
import { GitError } from "./errors.ts";
import { runInside, snapshotDir } from "./inside.ts";
import { inOrder } from "./lock.ts";
import { requireCommit } from "./read.ts";
import { streamGit } from "./run.ts";
import { takeSnapshot } from "./snapshots.ts";
import type { ProjectStore } from "./store.ts";
import { assertPrepared, threadQueue } from "./worktree-state.ts";

/**
 * Makes the worktree's files equal to those of a checkpoint. Ignored files, the agent's `.git` and empty directories stay
 * as they are; only an ignored file that the checkpoint holds, from before it was ignored, is replaced. A call that was
 * cut off may be repeated: it first looks at what is there.
 *
 * Loses what no checkpoint holds: make one before.
 * @param from the thread's last checkpoint
 * @throws GitError `REF_NOT_FOUND`, `WORKTREE_NOT_PREPARED`, `WORKTREE_FAILED`
 */
export function goBack(
  sandbox: Sandbox,
  store: ProjectStore,
  { threadId, from, to }: { threadId: string; from: string; to: string },
): Promise<void> {
  return inOrder(threadQueue(threadId), async () => {
    await assertPrepared(store, threadId);
    const last = await requireCommit(store.threadsDir, from);
    const target = await requireCommit(store.threadsDir, to);
    // Brings the index up to the files: only what it names can be taken away.
    const here = await takeSnapshot(sandbox, store, { threadId, haveTree: last.tree });
    await here.pack?.close();
    const pack = ["pack-objects", "--revs", "--local", "--stdout", "-q"];
    const stdin = streamGit(store.threadsDir, pack, { stdin: `${target.tree}\n` });
    const args = [target.tree, ...splitEmptyDirectories(target.message).encoded];
    const env = { GIT_DIR: snapshotDir, GIT_WORK_TREE: inside.worktree };
    const { exitCode, stderr } = await runInside(sandbox, goBackScript, args, { env, stdin });
    if (exitCode !== 0) throw new GitError("WORKTREE_FAILED", "git could not put the files back.", stderr);
  });
}

/** Arguments: tree, whose objects come as a pack on stdin; then the empty directories to make, percent-encoded. */
const goBackScript = String.raw`set -u
cd ${inside.worktree} && rm -f "$GIT_DIR/index.lock" && git index-pack --stdin >/dev/null || exit 91
git read-tree --reset -u "$1" || { chmod -R u+rwX . 2>/dev/null; git read-tree --reset -u "$1"; } || exit 91
shift
for name; do
  printf -v name '%b' "$(printf '%s' "$name" | sed 's/%/\\x/g')"
  mkdir -p "./$name" || exit 91
done
`;
