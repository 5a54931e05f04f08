import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sandbox } from "../sandbox/types.ts";
import { splitEmptyDirectories } from "./empty-directories.ts";
import { GitError } from "./errors.ts";
import { runInside } from "./inside.ts";
import { inOrder } from "./lock.ts";
import { defaultBranchOf, requireCommit } from "./read.ts";
import { runGit, streamGit } from "./run.ts";
import { restoreSnapshot } from "./snapshots.ts";
import type { ProjectStore } from "./store.ts";
import { worktreeEnvironment, worktreeExit, worktreeScript } from "./worktree-script.ts";
import { isPrepared, markPrepared, markUnprepared, threadQueue } from "./worktree-state.ts";

export type WorktreeOptions = {
  threadId: string;
  /** Full name without `refs/heads/`. */
  branch: string;
  baseCommit: string;
  /** The thread's last checkpoint: what the files are made from when they are not on this host. */
  checkpoint?: string;
  /** The last commit made from the page: where the branch stands. */
  headCommit?: string;
  /** How often the thread has changed its host; 0 when absent. Files from before the last time do not count. */
  moves?: number;
  signal?: AbortSignal;
};

/**
 * Makes the thread's worktree, or repairs it: cheap when there is nothing to do, so call it before each use.
 * Files that are there are never changed; if they are not (a new thread, another host, a folder deleted or half made), or
 * stayed behind when the thread left this host, they come from the checkpoint, else from the commit. A `.git` that the
 * agent destroyed is made anew.
 * @throws GitError `REF_NOT_FOUND`, `WORKTREE_FAILED`
 */
export function prepareWorktree(sandbox: Sandbox, store: ProjectStore, options: WorktreeOptions): Promise<void> {
  const { threadId, branch, baseCommit, checkpoint, moves = 0, signal } = options;
  const commit = options.headCommit ?? baseCommit;
  return inOrder(threadQueue(threadId), async () => {
    if (await isPrepared(store, threadId, moves)) {
      const { exitCode } = await runWorktreeScript(sandbox, store, "check", { branch, commit, signal });
      if (exitCode === worktreeExit.done) return;
      if (exitCode !== worktreeExit.empty) return adoptCommit(sandbox, store, { branch, commit, baseCommit, signal });
    }
    const content = await requireCommit(store.threadsDir, checkpoint ?? commit);
    await requireCommit(store.threadsDir, commit);
    await markUnprepared(store, threadId);
    const emptyDirectories = checkpoint === undefined ? [] : splitEmptyDirectories(content.message).encoded;
    await restoreSnapshot(sandbox, store, { tree: content.tree, emptyDirectories, signal });
    await adoptCommit(sandbox, store, { branch, commit, baseCommit, signal });
    await markPrepared(store, threadId, moves);
  });
}

type Adoption = { branch: string; commit: string; baseCommit?: string; signal?: AbortSignal };

/**
 * Gives the agent's repository the commit and puts its HEAD, branch and index there; the files stay as they are.
 * @throws GitError `WORKTREE_FAILED`
 */
export async function adoptCommit(sandbox: Sandbox, store: ProjectStore, adoption: Adoption): Promise<void> {
  const { exitCode, stderr } = await runWorktreeScript(sandbox, store, "repair", adoption);
  if (exitCode !== worktreeExit.done)
    throw new GitError("WORKTREE_FAILED", "The worktree's repository could not be repaired.", stderr);
}

async function runWorktreeScript(
  sandbox: Sandbox,
  store: ProjectStore,
  mode: "check" | "repair",
  { branch, commit, baseCommit, signal }: Adoption,
): Promise<{ exitCode: number; stderr: string }> {
  const [refs, shallow, defaultBranch] = await Promise.all([
    upstreamRefs(store),
    readFile(join(store.upstreamDir, "shallow")).catch(() => Buffer.alloc(0)),
    defaultBranchOf(store.upstreamDir),
  ]);
  const header = Buffer.concat([Buffer.from(`${refs.length} ${shallow.length}\n`), refs, shallow]);
  const exclude = [...tips(refs), ...(baseCommit === undefined ? [] : [baseCommit])];
  const stdin = mode === "check" ? header : withPack(header, store, commit, exclude, signal);
  const args = [mode, branch, commit, defaultBranch ?? "main"];
  return runInside(sandbox, worktreeScript, args, { stdin, env: worktreeEnvironment, signal });
}

async function* withPack(
  header: Buffer,
  store: ProjectStore,
  commit: string,
  exclude: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  yield header;
  const revisions = [commit, ...exclude.map((id) => `^${id}`)].map((line) => `${line}\n`).join("");
  const pack = ["pack-objects", "--revs", "--local", "--stdout", "-q"];
  yield* streamGit(store.threadsDir, pack, { stdin: revisions, signal });
}

async function upstreamRefs(store: ProjectStore): Promise<Buffer> {
  const format = "--format=%(if)%(symref)%(then)%(else)%(objectname) %(refname)%(end)";
  const { stdout } = await runGit(store.upstreamDir, ["for-each-ref", format, "refs/remotes/origin/"]);
  const lines = stdout.toString("latin1").split("\n").filter(Boolean);
  return Buffer.from(lines.map((line) => `${line}\n`).join(""), "latin1");
}

/** What is upstream's need not be walked through; any commits will do, so a bounded number of them. */
function tips(refs: Buffer): string[] {
  const ids = refs
    .toString("latin1")
    .split("\n")
    .filter(Boolean)
    .map((line) => line.slice(0, 40));
  return [...new Set(ids)].slice(0, 2000);
}
