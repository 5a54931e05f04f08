import { existsSync, readdirSync } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { GitError } from "./errors.ts";
import type { RepositoryLock } from "./lock.ts";
import { type FetchProgress, progressReader } from "./remote/progress.ts";
import type { Access } from "./remote/remote.ts";
import { runGit } from "./run.ts";

export type FetchOptions = {
  signal?: AbortSignal;
  /** Of a remote: as often as git tells. */
  onProgress?: (progress: FetchProgress) => void;
  /** Half an hour when absent, two hours for a remote. */
  timeoutMs?: number;
};

export const branchRefspec = "+refs/heads/*:refs/remotes/origin/*";
export const originHead = "refs/remotes/origin/HEAD";

const minutes = 60_000;
const onlyLocal = ["-c", "protocol.allow=never", "-c", "protocol.file.allow=always"];

/** How git reads a repository in a folder of this host. */
export function pathAccess(path: string, homeDir: string): Access {
  const explain = (error: unknown) => fetchError(path, error);
  return { settings: onlyLocal, flags: [uploadPack(homeDir)], location: path, isRemote: false, explain };
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

/** Fetches into the two stores, which are there and whose lock is held. */
export async function fetchInto(
  { upstreamDir, threadsDir }: Record<"upstreamDir" | "threadsDir", string>,
  { settings, flags, location, env, secretFd, isRemote, explain }: Access,
  { fd: lockFd }: RepositoryLock,
  { signal, onProgress, timeoutMs = (isRemote ? 120 : 30) * minutes }: FetchOptions,
): Promise<{ defaultBranch: string }> {
  const options = { lockFd, signal, timeoutMs, env, secretFd };
  const shallow = join(upstreamDir, "shallow");
  try {
    const listing = await runGit(
      upstreamDir,
      [...settings, "ls-remote", "--symref", ...flags, "--", location, "HEAD", "refs/heads/*"],
      options,
    );
    const defaultBranch = chooseDefault(listing.stdout.toString());
    if (defaultBranch === null)
      throw new GitError("EMPTY_REPOSITORY", `The repository at ${location} has no commits yet.`);
    const how = [onProgress ? "--progress" : "--quiet", "--prune", "--no-tags", "--no-write-fetch-head"];
    const depth = existsSync(shallow) ? "--unshallow" : "--update-shallow";
    const only = ["--no-auto-maintenance", "--no-recurse-submodules", depth];
    await runGit(
      upstreamDir,
      [...settings, "fetch", ...how, ...only, ...flags, "--", location, branchRefspec],
      onProgress ? { ...options, onStderr: progressReader(onProgress) } : options,
    );
    await runGit(upstreamDir, ["symbolic-ref", originHead, `refs/remotes/origin/${defaultBranch}`], { lockFd });
    if (existsSync(shallow)) await copyFile(shallow, join(threadsDir, "shallow"));
    else await rm(join(threadsDir, "shallow"), { force: true });
    return { defaultBranch };
  } catch (error) {
    throw explain(error);
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
