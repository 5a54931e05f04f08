import { runGit } from "./run.ts";

const maxNamesBytes = 4 * 1024 * 1024;
// As for diffs: nobody reads a larger file here.
const maxFileBytes = 8 * 1024 * 1024;

/**
 * The paths of all files of a commit, in git's order; a list over 4 MB ends after a whole path.
 * @throws GitError `GIT_FAILED` when the commit is not in the store
 */
export async function listFiles(gitDir: string, commit: string): Promise<{ files: string[]; truncated: boolean }> {
  const args = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", "--end-of-options", commit];
  const { stdout, truncated } = await runGit(gitDir, args, { maxOutputBytes: maxNamesBytes });
  const end = stdout.lastIndexOf(0);
  return { files: end < 0 ? [] : stdout.subarray(0, end).toString().split("\0"), truncated };
}

/**
 * Lines of a file in a commit, from line `from` (the first is 1) up to and without line `to`, without their line breaks;
 * `null` when the commit has no such file. Fewer come where the file ends before.
 * @throws GitError `GIT_FAILED` when the commit is not in the store
 */
export async function readLines(
  gitDir: string,
  commit: string,
  path: string,
  from: number,
  to: number,
): Promise<string[] | null> {
  // No file of a commit is called so, and git takes them for a way out of the repository.
  if (path.split("/").some((part) => ["", ".", ".."].includes(part))) return null;
  const found = await runGit(gitDir, ["ls-tree", "-z", "--full-tree", "--end-of-options", commit, `:(literal)${path}`]);
  const [, type, id] = /^\S+ (\S+) (\S+)\t/.exec(found.stdout.toString()) ?? [];
  if (type !== "blob" || id === undefined) return null;
  const { stdout } = await runGit(gitDir, ["cat-file", "blob", id], { maxOutputBytes: maxFileBytes });
  const lines = stdout.toString().split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.slice(from - 1, to - 1).map((line) => line.replace(/\r$/, ""));
}
