import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../repository.ts";
import type { Item } from "./followers.ts";
import { effectsFile } from "./script.ts";
import type { Stage } from "./stage.ts";
import type { ThreadRun } from "./thread-run.ts";
import type { ThreadView } from "./verify-thread.ts";

/** Blob ids by path. */
type Files = Map<string, string>;

/** The files are what the items say, the last checkpoint holds them all, and the page's diff shows them. */
export async function verifyWorktree(
  stage: Stage,
  run: ThreadRun,
  thread: ThreadView,
  items: readonly Item[],
): Promise<string[]> {
  const store = stage.store(run.projectId);
  const files = await filesIn(join(stage.worktree(run.id), "tree"));
  const base = await filesOf(store, thread.baseCommit);
  const checkpoint = await filesOf(store, thread.lastCheckpoint ?? thread.baseCommit);
  const wrongs = differences("the last checkpoint", checkpoint, files);

  const writes = items
    .filter((item) => item.type === "fileChange")
    .flatMap(({ status, changes = [] }) => changes.map(({ path }) => ({ path, status })));
  for (const { path, status } of writes) {
    if (status === "completed" && !files.has(path)) wrongs.push(`${path} was written and is not there`);
  }
  const named = new Set([effectsFile, ...run.ownFiles, ...writes.map(({ path }) => path)]);
  for (const [path, blob] of files) {
    if (base.get(path) !== blob && !named.has(path)) wrongs.push(`${path} was changed by nobody`);
  }
  for (const path of base.keys()) if (!files.has(path)) wrongs.push(`${path} is gone`);

  const changed = [...files.keys()].filter((path) => base.get(path) !== files.get(path)).sort();
  const diff = await stage.client.get<{ files: { path: string }[] }>(`/threads/${run.id}/diff`);
  const shown = diff.files.map((file) => file.path).sort();
  if (shown.join() !== changed.join()) wrongs.push(`the diff shows ${shown} instead of ${changed}`);
  if (thread.filesModified !== changed.length)
    wrongs.push(`${thread.filesModified} files are said to be changed instead of ${changed.length}`);

  if (run.committed && changed.length > 0) wrongs.push(...(await verifyCommit(store, thread, files)));
  else if (thread.headCommit !== null) wrongs.push("there is a commit that nobody asked for");
  return wrongs;
}

/** One commit on the thread's branch, of all files, on its base. */
async function verifyCommit(store: string, thread: ThreadView, files: Files): Promise<string[]> {
  if (thread.headCommit === null) return ["the commit is not there"];
  const history = (await gitIn(store, ["rev-list", `${thread.baseCommit}..refs/heads/${thread.branch}`])).trim();
  return [
    ...(history === thread.headCommit ? [] : [`the branch has ${history.replaceAll("\n", ", ") || "no commit"}`]),
    ...differences("the commit", await filesOf(store, thread.headCommit), files),
  ];
}

function differences(name: string, left: Files, right: Files): string[] {
  const paths = [...new Set([...left.keys(), ...right.keys()])].filter((path) => left.get(path) !== right.get(path));
  return paths.length === 0 ? [] : [`${name} and the worktree differ in ${paths}`];
}

async function filesOf(store: string, commit: string): Promise<Files> {
  const listing = await gitIn(store, ["ls-tree", "-r", "-z", "--format=%(objectname) %(path)", commit]);
  return new Map(
    listing
      .split("\0")
      .filter(Boolean)
      .map((line) => [line.slice(41), line.slice(0, 40)]),
  );
}

/** As git would name them, read without git: the folder belongs to an agent. */
async function filesIn(dir: string): Promise<Files> {
  const files: Files = new Map();
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(dir.length + 1);
    if (path === ".git" || path.startsWith(".git/") || entry.isDirectory()) continue;
    const full = join(dir, path);
    const content = (await lstat(full)).isSymbolicLink() ? Buffer.from(await readlink(full)) : await readFile(full);
    files.set(path, createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex"));
  }
  return files;
}

const gitIn = (store: string, args: string[]) => git(store, ["-c", "safe.directory=*", ...args]);
