import { cleanText } from "../clean-text.ts";
import { inside, type Sandbox } from "../sandbox/types.ts";
import { encodePaths } from "./empty-directories.ts";
import { GitError } from "./errors.ts";
import { runInside, snapshotDir } from "./inside.ts";
import type { PackBytes } from "./pack-bytes.ts";
import { receivePack } from "./receive.ts";
import { streamGit } from "./run.ts";
import { seedScript, snapshotExit, snapshotScript } from "./snapshot-script.ts";
import type { ProjectStore } from "./store.ts";

export type SnapshotOptions = {
  threadId: string;
  /** The tree of the thread's last recorded checkpoint, or of its base: what every host can have of the thread. */
  haveTree: string;
  /** The most that one snapshot may bring, compressed, and that one file may have; 1 GiB when absent. */
  maxBytes?: number;
  signal?: AbortSignal;
};

/**
 * `emptyDirectories` (percent-encoded) and `pack` are null when the tree is `haveTree`: nothing was looked for or sent.
 * The pack is what the store was given, to be closed.
 */
export type Snapshot = { tree: string; emptyDirectories: string[] | null; pack: PackBytes | null };

const defaultMaxBytes = 2 ** 30;
const maxHeaderBytes = 64;
const env = { GIT_DIR: snapshotDir, GIT_WORK_TREE: inside.worktree };

/**
 * Brings the whole worktree (tracked and untracked files, not ignored ones) as a tree into the store of threads.
 * The snapshot repository inside is only a cache: if it is missing or damaged it is made anew, once.
 * @throws GitError `SNAPSHOT_TOO_LARGE`, `SNAPSHOT_REFUSED`, `WORKTREE_FAILED`
 */
export async function takeSnapshot(sandbox: Sandbox, store: ProjectStore, options: SnapshotOptions): Promise<Snapshot> {
  const first = await attempt(sandbox, store, options);
  if (first.snapshot !== null) return first.snapshot;
  if (first.exitCode === snapshotExit.fileTooLarge)
    throw new GitError("SNAPSHOT_TOO_LARGE", `${cleanText(first.stderr)} is too large to be recorded.`);
  if (first.exitCode === snapshotExit.needsSeed)
    await seed(sandbox, store, options.haveTree, ["index"], options.signal);
  const second = await attempt(sandbox, store, options);
  if (second.snapshot !== null) return second.snapshot;
  throw new GitError("WORKTREE_FAILED", "git could not record the worktree.", second.stderr);
}

/** Makes the worktree equal to a tree of the store and to nothing else; `emptyDirectories` as in {@link Snapshot}. */
export async function restoreSnapshot(
  sandbox: Sandbox,
  store: ProjectStore,
  options: { tree: string; emptyDirectories: readonly string[]; signal?: AbortSignal },
): Promise<void> {
  await seed(sandbox, store, options.tree, ["restore", ...options.emptyDirectories], options.signal);
}

async function seed(sandbox: Sandbox, store: ProjectStore, tree: string, args: string[], signal?: AbortSignal) {
  const pack = ["pack-objects", "--revs", "--local", "--stdout", "-q"];
  const stdin = streamGit(store.threadsDir, pack, { stdin: `${tree}\n`, signal });
  const { exitCode, stderr } = await runInside(sandbox, seedScript, [tree, ...args], { env, stdin, signal });
  if (exitCode !== 0) throw new GitError("WORKTREE_FAILED", "git could not fill the worktree.", stderr);
}

type Attempt = { snapshot: Snapshot | null; exitCode: number; stderr: string };

async function attempt(sandbox: Sandbox, store: ProjectStore, request: SnapshotOptions): Promise<Attempt> {
  const { threadId, haveTree, maxBytes = defaultMaxBytes, signal } = request;
  const pack = receivePack(store, threadId, maxBytes);
  const header = createHeaderReader((chunk) => pack.write(chunk));
  try {
    const options = { env: { ...env, max_bytes: String(maxBytes) }, signal, onStdout: header.push };
    const { exitCode, stderr } = await runInside(sandbox, snapshotScript, [haveTree], options);
    if (exitCode !== snapshotExit.done) return { snapshot: null, exitCode, stderr };
    const { tree, names } = header.read();
    if (tree === haveTree) return { snapshot: { tree, emptyDirectories: null, pack: null }, exitCode, stderr };
    await pack.accept(tree, [haveTree], signal);
    return { snapshot: { tree, emptyDirectories: names, pack: await pack.take() }, exitCode, stderr };
  } finally {
    await pack.close();
  }
}

/** Splits the output of the snapshot script; what follows the header goes to `onPack`. */
function createHeaderReader(onPack: (chunk: Buffer) => void) {
  let buffer = Buffer.alloc(0);
  let header: { tree: string; names: string[] } | null = null;
  const push = (chunk: Buffer) => {
    if (header !== null) return onPack(chunk);
    buffer = Buffer.concat([buffer, chunk]);
    const lineEnd = buffer.indexOf(10);
    if (lineEnd === -1 && buffer.length <= maxHeaderBytes) return;
    const [, tree, size] = /^([0-9a-f]{40}) (\d{1,7})$/.exec(buffer.toString("latin1", 0, Math.max(lineEnd, 0))) ?? [];
    if (tree === undefined) throw refusal();
    const end = lineEnd + 1 + Number(size);
    if (buffer.length < end) return;
    header = { tree, names: encodePaths(buffer.subarray(lineEnd + 1, end)) };
    if (buffer.length > end) onPack(buffer.subarray(end));
  };
  const read = () => {
    if (header === null) throw refusal();
    return header;
  };
  return { push, read };
}

const refusal = () => new GitError("SNAPSHOT_REFUSED", "The sandbox did not send a snapshot.");
