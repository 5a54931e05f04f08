import { existsSync } from "node:fs";
import { access, constants, mkdir, rename, stat, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { GitError } from "./errors.ts";
import { branchRefspec, type FetchOptions, fetchInto, originHead, pathAccess } from "./fetch.ts";
import { withRepositoryLock } from "./lock.ts";
import { type Branch, defaultBranchOf, listBranches, resolveRef } from "./read.ts";
import { withRemote } from "./remote/access.ts";
import type { Remote } from "./remote/remote.ts";
import { runGit } from "./run.ts";

/**
 * A project's two bare repositories on this host.
 * `upstream.git` holds what the project's source has and is what sandboxes read; `threads.git` borrows its objects and
 * holds what threads made: `refs/heads/<branch>` for commits, `refs/heddle/threads/<threadId>` for checkpoints.
 */
export type ProjectStore = {
  upstreamDir: string;
  threadsDir: string;
  /** The thread's folder on this host, as the sandbox wants it. */
  worktreeDir(threadId: string): string;
  /** The folder for the thread's archives on this host. */
  archiveDir(threadId: string): string;
  /**
   * Brings the branches of the repository at a remote, or at an absolute path on this host, into the store, forced and
   * pruned like the source; objects are kept. Nothing is written to the source. Repositories of other users, bare and
   * shallow ones and linked worktrees will do.
   * @throws GitError `NOT_A_REPOSITORY`, `EMPTY_REPOSITORY`, `SOURCE_VANISHED`, `PATH_NOT_READABLE`, and those of remotes
   */
  fetch(source: string | Remote, options?: FetchOptions): Promise<{ defaultBranch: string }>;
  /** Whether the source has been fetched to this host. */
  isFetched(): boolean;
  /** The branches as last fetched, in the order of their names. */
  branches(): Promise<Branch[]>;
  /** The branch that the source had checked out when last fetched; null before the first fetch. */
  defaultBranch(): Promise<string | null>;
  /** The commit of a branch of the source, or of a full commit id; null when the store does not have it. */
  resolve(ref: string): Promise<string | null>;
};

/** Where a project's repositories are below `homeDir`; makes nothing before the first `fetch`. */
export function openStore(homeDir: string, projectId: string): ProjectStore {
  const dir = join(homeDir, "repos", safeName(projectId));
  const upstreamDir = join(dir, "upstream.git");
  const threadsDir = join(dir, "threads.git");
  const isFetched = () => existsSync(join(upstreamDir, originHead));
  return {
    upstreamDir,
    threadsDir,
    worktreeDir: (threadId) => join(homeDir, "worktrees", safeName(threadId)),
    archiveDir: (threadId) => join(homeDir, "archives", safeName(threadId)),
    fetch: async (source, options = {}) => {
      const dirs = { upstreamDir, threadsDir };
      if (typeof source === "string") {
        await assertReadable(source, isFetched());
        await makeStore(dirs);
        return withRepositoryLock(upstreamDir, (lock) => fetchInto(dirs, pathAccess(source, homeDir), lock, options));
      }
      await makeStore(dirs);
      return withRemote(source, (access) =>
        withRepositoryLock(upstreamDir, (lock) => fetchInto(dirs, access, lock, options)),
      );
    },
    isFetched,
    branches: () => listBranches(upstreamDir),
    defaultBranch: () => defaultBranchOf(upstreamDir),
    resolve: (ref) => resolveRef(upstreamDir, ref),
  };
}

function safeName(id: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(id)) throw new TypeError(`not an id: ${JSON.stringify(id)}`);
  return id;
}

async function assertReadable(path: string, known: boolean): Promise<void> {
  if (!isAbsolute(path) || path.includes("\0"))
    throw new GitError("NOT_A_REPOSITORY", "The path of a repository must be absolute.");
  try {
    const info = await stat(path);
    if (!info.isDirectory()) throw new GitError("NOT_A_REPOSITORY", `${path} is not a folder.`);
    await access(path, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw sourceError(path, error, known);
  }
}

function sourceError(path: string, error: unknown, known: boolean): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EACCES" || code === "EPERM")
    return new GitError("PATH_NOT_READABLE", `Heddle may not read ${path}.`, String(error));
  if (code !== "ENOENT" && code !== "ENOTDIR") return error;
  return known
    ? new GitError("SOURCE_VANISHED", `The repository at ${path} is no longer there.`)
    : new GitError("NOT_A_REPOSITORY", `There is no folder at ${path}.`);
}

/** Makes the two repositories, empty, where they are missing; what is there stays. */
export async function makeStore({ upstreamDir, threadsDir }: Pick<ProjectStore, "upstreamDir" | "threadsDir">) {
  const alternates = join(threadsDir, "objects/info/alternates");
  const isMade = () => existsSync(alternates) && existsSync(join(upstreamDir, "HEAD"));
  if (isMade()) return;
  await mkdir(upstreamDir, { recursive: true });
  await mkdir(threadsDir, { recursive: true });
  await withRepositoryLock(upstreamDir, async ({ fd: lockFd }) => {
    if (isMade()) return;
    const init = ["init", "--quiet", "--bare", "--template=", "--initial-branch=main"];
    // Sandboxes run as other users and read the objects.
    await runGit(upstreamDir, [...init, "--shared=0644"], { lockFd });
    await runGit(threadsDir, init, { lockFd });
    await configure(upstreamDir, { "remote.origin.fetch": branchRefspec }, lockFd);
    await configure(threadsDir, { "core.fsyncMethod": "batch", "core.fsync": "committed" }, lockFd);
    await mkdir(join(threadsDir, "objects/info"), { recursive: true });
    await writeFile(`${alternates}.new`, "../../upstream.git/objects\n");
    await rename(`${alternates}.new`, alternates);
  });
}

async function configure(gitDir: string, values: Record<string, string>, lockFd: number): Promise<void> {
  const all = { "gc.auto": "0", "maintenance.auto": "false", "core.logAllRefUpdates": "false", ...values };
  for (const [key, value] of Object.entries(all))
    await runGit(gitDir, ["config", "--replace-all", key, value], { lockFd });
}
