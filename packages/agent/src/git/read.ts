import { type FileDiff, parseChanges, splitPatch } from "./diff-parse.ts";
import { GitError } from "./errors.ts";
import { runGit } from "./run.ts";

export type Branch = { name: string; commit: string; committedAt: Date };

const remote = "refs/remotes/origin/";
const fullId = /^[0-9a-f]{40}$/;

/** The source's branches in a store of upstream objects, in the order of their names. */
export async function listBranches(upstreamDir: string): Promise<Branch[]> {
  const format = "--format=%(refname)%00%(objectname)%00%(committerdate:unix)%00%(symref)";
  const { stdout } = await runGit(upstreamDir, ["for-each-ref", format, remote]);
  return stdout
    .toString()
    .split("\n")
    .map((line) => line.split("\0"))
    .filter(([, commit, , symref]) => commit && !symref)
    .map(([ref = "", commit = "", time]) => ({
      name: ref.slice(remote.length),
      commit,
      committedAt: new Date(Number(time) * 1000),
    }));
}

export async function defaultBranchOf(upstreamDir: string): Promise<string | null> {
  const { exitCode, stdout } = await runGit(upstreamDir, ["symbolic-ref", "--quiet", `${remote}HEAD`], {
    okCodes: [0, 1, 128],
  });
  return exitCode === 0 ? stdout.toString().trimEnd().slice(remote.length) : null;
}

/** The commit of one of the source's branches, or of a full commit id; null when the store does not have it. */
export async function resolveRef(upstreamDir: string, ref: string): Promise<string | null> {
  if (ref === "" || ref.includes("\0")) return null;
  return (await commitOf(upstreamDir, `${remote}${ref}`)) ?? (fullId.test(ref) ? commitOf(upstreamDir, ref) : null);
}

/** The commit that a full ref name or id stands for, or null. */
export async function commitOf(gitDir: string, name: string): Promise<string | null> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`];
  const { exitCode, stdout } = await runGit(gitDir, args, { okCodes: [0, 1, 128] });
  return exitCode === 0 ? stdout.toString().trimEnd() : null;
}

export type CommitInfo = {
  commit: string;
  tree: string;
  parents: string[];
  author: string;
  committer: string;
  message: string;
};

/**
 * Commits by full ref name or id, in the order asked for; null where there is none.
 * `author` and `committer` are git's lines: `Name <email> seconds zone`.
 */
export async function readCommits(gitDir: string, names: readonly string[]): Promise<(CommitInfo | null)[]> {
  const stdin = names.map((name) => `${name}\n`).join("");
  const { stdout } = await runGit(gitDir, ["cat-file", "--batch"], { stdin });
  let offset = 0;
  return names.map(() => {
    const lineEnd = stdout.indexOf(10, offset);
    const [commit = "", type, size] = stdout.subarray(offset, lineEnd).toString().split(" ");
    offset = lineEnd + 1;
    if (type === "missing" || size === undefined) return null;
    const body = stdout.subarray(offset, offset + Number(size)).toString();
    offset += Number(size) + 1;
    return type === "commit" ? parseCommit(commit, body) : null;
  });
}

function parseCommit(commit: string, body: string): CommitInfo {
  const split = body.indexOf("\n\n");
  const lines = body.slice(0, split).split("\n");
  const values = (key: string) =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  return {
    commit,
    tree: values("tree")[0] ?? "",
    parents: values("parent"),
    author: values("author")[0] ?? "",
    committer: values("committer")[0] ?? "",
    message: body.slice(split + 2),
  };
}

/** @throws GitError `REF_NOT_FOUND` */
export async function requireCommit(gitDir: string, id: string): Promise<CommitInfo> {
  const [info] = await readCommits(gitDir, [id]);
  if (!info) throw new GitError("REF_NOT_FOUND", `The commit ${id} is not in the project's store.`);
  return info;
}

export type DiffStat = { files: number; additions: number; deletions: number };

const maxPatchBytes = 24 * 1024 * 1024;
const maxListBytes = 64 * 1024 * 1024;
const diffTimeoutMs = 30_000;
// Larger files are compared as binary: a textual diff of them serves nobody and costs gigabytes.
const bigFiles = ["-c", "core.bigFileThreshold=8m"];
const diffFlags = ["-r", "--find-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short"];

/**
 * What changed from one commit or tree to another, with renames found, one unified patch per file.
 * Safe on a store whose contents are hostile: no external diff, no text conversion. A patch over the limits ends after a
 * whole line and is marked `truncated`.
 * @throws GitError `GIT_FAILED` when either id is not in the store
 */
export async function diff(threadsDir: string, from: string, to: string): Promise<FileDiff[]> {
  const range = ["--end-of-options", from, to];
  const options = { timeoutMs: diffTimeoutMs };
  const list = [...bigFiles, "diff-tree", ...diffFlags, "-z", "--raw", "--numstat", ...range];
  const patch = [...bigFiles, "diff-tree", ...diffFlags, "--patch", ...range];
  const [changes, patches] = await Promise.all([
    runGit(threadsDir, list, { ...options, maxOutputBytes: maxListBytes }),
    runGit(threadsDir, patch, { ...options, maxOutputBytes: maxPatchBytes }),
  ]);
  return splitPatch(parseChanges(changes.stdout), patches.stdout, patches.truncated);
}

/** How much changed, as counted by {@link diff}. */
export async function diffStat(threadsDir: string, from: string, to: string): Promise<DiffStat> {
  const args = [...bigFiles, "diff-tree", ...diffFlags, "-z", "--raw", "--numstat", "--end-of-options", from, to];
  const { stdout } = await runGit(threadsDir, args, { timeoutMs: diffTimeoutMs, maxOutputBytes: maxListBytes });
  const changes = parseChanges(stdout);
  const sum = (count: "additions" | "deletions") => changes.reduce((total, change) => total + change[count], 0);
  return { files: changes.length, additions: sum("additions"), deletions: sum("deletions") };
}
