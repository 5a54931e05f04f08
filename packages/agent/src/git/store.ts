import { existsSync, readdirSync } from "node:fs";
import { access, constants, copyFile, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { GitError } from "./errors.ts";
import { type RepositoryLock, withRepositoryLock } from "./lock.ts";
import { type Branch, defaultBranchOf, listBranches, resolveRef } from "./read.ts";
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
   * Brings the branches of the repository at `sourcePath` (an absolute path on this host) into the store, forced and
   * pruned like the source; objects are kept. Nothing is written to the source. Repositories of other users, bare and
   * shallow ones and linked worktrees will do.
   * @throws GitError `NOT_A_REPOSITORY`, `EMPTY_REPOSITORY`, `SOURCE_VANISHED`, `PATH_NOT_READABLE`, …
   */
  fetch(sourcePath: string, options?: { signal?: AbortSignal }): Promise<{ defaultBranch: string }>;
  /** Whether the source has been fetched to this host. */
  isFetched(): boolean;
  /** The branches as last fetched, in the order of their names. */
  branches(): Promise<Branch[]>;
  /** The branch that the source had checked out when last fetched; null before the first fetch. */
  defaultBranch(): Promise<string | null>;
  /** The commit of a branch of the source, or of a full commit id; null when the store does not have it. */
  resolve(ref: string): Promise<string | null>;
};

const fetchTimeoutMs = 30 * 60_000;
const branchRefspec = "+refs/heads/*:refs/remotes/origin/*";
const originHead = "refs/remotes/origin/HEAD";
const onlyLocal = ["-c", "protocol.allow=never", "-c", "protocol.file.allow=always"];

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
    fetch: async (sourcePath, { signal } = {}) => {
      await assertReadable(sourcePath, isFetched());
      await makeStore({ upstreamDir, threadsDir });
      return withRepositoryLock(upstreamDir, (lock) =>
        fetchInto({ upstreamDir, threadsDir, sourcePath, server: uploadPack(homeDir) }, lock, signal),
      );
    },
    isFetched,
    branches: () => listBranches(upstreamDir),
    defaultBranch: () => defaultBranchOf(upstreamDir),
    resolve: (ref) => resolveRef(upstreamDir, ref),
  };
}

/**
 * The program that serves the source. Whatever the source borrows from, by links, alternates or a common folder, Heddle's
 * own repositories are not there for it: those hold what other workspaces keep to themselves. Git gives this program a
 * fresh environment; only the command line reaches it.
 */
function uploadPack(homeDir: string): string {
  const hidden = readdirSync(homeDir)
    .filter((name) => ["repos", "worktrees", "left-behind", "archives"].includes(name) || name.startsWith("set-aside-"))
    .map((name) => join(homeDir, name));
  const view = ["--dev-bind", "/", "/", ...hidden.flatMap((dir) => ["--tmpfs", dir])].map(quoted).join(" ");
  return `--upload-pack=bwrap --die-with-parent ${view} -- git -c safe.directory='*' upload-pack`;
}

/** One word of a shell's command line. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
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

async function fetchInto(
  {
    upstreamDir,
    threadsDir,
    sourcePath,
    server,
  }: Record<"upstreamDir" | "threadsDir" | "sourcePath" | "server", string>,
  { fd: lockFd }: RepositoryLock,
  signal?: AbortSignal,
): Promise<{ defaultBranch: string }> {
  const options = { lockFd, signal, timeoutMs: fetchTimeoutMs };
  const shallow = join(upstreamDir, "shallow");
  try {
    const listing = await runGit(
      upstreamDir,
      [...onlyLocal, "ls-remote", "--symref", server, sourcePath, "HEAD", "refs/heads/*"],
      options,
    );
    const defaultBranch = chooseDefault(listing.stdout.toString());
    if (defaultBranch === null)
      throw new GitError("EMPTY_REPOSITORY", `The repository at ${sourcePath} has no commits yet.`);
    const flags = ["--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"];
    const depth = existsSync(shallow) ? "--unshallow" : "--update-shallow";
    await runGit(
      upstreamDir,
      [...onlyLocal, "fetch", ...flags, "--no-recurse-submodules", depth, server, sourcePath, branchRefspec],
      options,
    );
    await runGit(upstreamDir, ["symbolic-ref", originHead, `refs/remotes/origin/${defaultBranch}`], { lockFd });
    if (existsSync(shallow)) await copyFile(shallow, join(threadsDir, "shallow"));
    else await rm(join(threadsDir, "shallow"), { force: true });
    return { defaultBranch };
  } catch (error) {
    throw fetchError(sourcePath, error);
  }
}

function fetchError(path: string, error: unknown): unknown {
  if (!(error instanceof GitError) || error.code !== "GIT_FAILED") return error;
  if (/permission denied/i.test(error.detail))
    return new GitError("PATH_NOT_READABLE", `Heddle may not read the repository at ${path}.`, error.detail);
  if (/not appear to be a git repository|not a git repository/i.test(error.detail))
    return new GitError("NOT_A_REPOSITORY", `${path} is not a git repository.`, error.detail);
  return new GitError("GIT_FAILED", `git could not read the repository at ${path}.`, error.detail);
}

/** From `ls-remote --symref`: the branch that HEAD names, else one at its commit, else the usual names. */
function chooseDefault(listing: string): string | null {
  const lines = listing.split("\n").map((line) => line.split("\t"));
  const heads = new Map<string, string>();
  for (const [value, name] of lines)
    if (value && name?.startsWith("refs/heads/")) heads.set(name.slice("refs/heads/".length), value);
  const symbolic = lines.find(([value, name]) => name === "HEAD" && value?.startsWith("ref: refs/heads/"))?.[0];
  const named = symbolic?.slice("ref: refs/heads/".length);
  if (named !== undefined && heads.has(named)) return named;
  const detached = lines.find(([value, name]) => name === "HEAD" && !value?.startsWith("ref: "))?.[0];
  const usual = [...["main", "master", "trunk", "develop"].filter((name) => heads.has(name)), ...heads.keys()];
  return usual.find((name) => heads.get(name) === detached) ?? usual[0] ?? null;
}
