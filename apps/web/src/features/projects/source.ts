import fs from "node:fs";
import { access, constants, readdir, readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { AppError, type ErrorCode } from "@heddle/db/errors";
import git from "isomorphic-git";

type Settings = { HEDDLE_REPO_ROOTS: readonly string[]; HEDDLE_HOME: string };

/**
 * Checks a path that a person gave for a new project, without running git on it: links resolved, inside the allowed
 * roots, outside Heddle's own state, readable, a repository with a commit. The same holds for every folder that the
 * repository borrows from: the one that a linked worktree belongs to, and its alternates.
 * @returns the resolved path
 * @throws PATH_NOT_ALLOWED, PATH_NOT_READABLE, NOT_A_REPOSITORY, EMPTY_REPOSITORY
 */
export async function checkSource(given: string, settings: Settings): Promise<string> {
  if (!isAbsolute(given) || given.includes("\0")) {
    throw new AppError("BAD_INPUT", { message: "Write the whole path of the folder, from / on." });
  }
  // Before the path is looked at: what lies outside the roots must not be told apart.
  if (!settings.HEDDLE_REPO_ROOTS.some((root) => isInside(resolve(given), resolve(root)))) {
    throw new AppError("PATH_NOT_ALLOWED");
  }
  const path = await realpath(given).catch((error) => fail(error, `There is no folder at ${given}.`));
  await assertAllowed(path, settings);
  await access(path, constants.R_OK | constants.X_OK).catch((error) => fail(error));
  const gitdir = await findGitDir(path);
  if (gitdir === null) throw new AppError("NOT_A_REPOSITORY");
  const common = await commonDir(gitdir);
  for (const dir of [gitdir, common, join(common, "refs")]) await assertAllowed(await real(dir), settings);
  await assertObjectsAllowed(join(common, "objects"), settings);
  if (!(await hasCommit(common))) throw new AppError("EMPTY_REPOSITORY");
  return path;
}

async function assertAllowed(path: string | null, settings: Settings): Promise<void> {
  if (path === null) throw new AppError("NOT_A_REPOSITORY");
  const roots = await Promise.all(settings.HEDDLE_REPO_ROOTS.map(real));
  if (!roots.some((root) => root !== null && isInside(path, root))) throw new AppError("PATH_NOT_ALLOWED");
  const home = await real(settings.HEDDLE_HOME);
  if (home !== null && isInside(path, home)) {
    throw new AppError("PATH_NOT_ALLOWED", { message: "That folder is a part of Heddle's own state." });
  }
}

/** Git follows alternates five deep (gitrepository-layout, objects/info/alternates). */
async function assertObjectsAllowed(dir: string, settings: Settings, depth = 5): Promise<void> {
  await assertAllowed(await real(dir), settings);
  const pack = await real(join(dir, "pack"));
  if (pack !== null) await assertAllowed(pack, settings);
  const alternates = await readFile(join(dir, "info/alternates"), "utf8").catch(() => "");
  for (const line of alternates.split("\n").filter((text) => text !== "" && !text.startsWith("#"))) {
    const other = resolve(dir, line);
    // Git passes over one that is not there.
    if (depth > 0 && (await real(other)) !== null) await assertObjectsAllowed(other, settings, depth - 1);
  }
}

const real = (path: string) => realpath(path).catch(() => null);

function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** `.git` as a folder or, in a linked worktree or submodule, as a file that names it; or the folder itself when bare. */
async function findGitDir(path: string): Promise<string | null> {
  const dotGit = join(path, ".git");
  const info = await stat(dotGit).catch((error) => (isMissing(error) ? null : fail(error)));
  if (info?.isFile()) {
    const [, target] = /^gitdir: (.+?)\s*$/.exec(await readFile(dotGit, "utf8").catch((error) => fail(error))) ?? [];
    return target === undefined ? null : resolve(path, target);
  }
  const gitdir = info ? dotGit : path;
  if (fs.existsSync(join(gitdir, "commondir"))) return gitdir;
  const names: string[] = await readdir(gitdir).catch(() => []);
  return ["HEAD", "objects", "refs"].every((name) => names.includes(name)) ? gitdir : null;
}

/** A linked worktree keeps its branches in the repository that it belongs to; git believes any folder that names one. */
async function commonDir(gitdir: string): Promise<string> {
  const common = await readFile(join(gitdir, "commondir"), "utf8").catch(() => ".");
  return resolve(gitdir, common.trim());
}

async function hasCommit(gitdir: string): Promise<boolean> {
  // Branches in the newer reference tables are for git alone to read: the worker will tell.
  if (fs.existsSync(join(gitdir, "reftable"))) return true;
  const branches = await git.listBranches({ fs, gitdir });
  return branches.length > 0 || (await git.resolveRef({ fs, gitdir, ref: "HEAD" }).then(Boolean, () => false));
}

const isMissing = (error: unknown) => ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

function fail(error: unknown, missing?: string): never {
  const code: ErrorCode = isMissing(error) ? "NOT_A_REPOSITORY" : "PATH_NOT_READABLE";
  throw new AppError(code, { cause: error, message: code === "NOT_A_REPOSITORY" ? missing : undefined });
}
