import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { discardWorktree, removeTree } from "@heddle/agent/git/archive-files";
import { forgetThread } from "@heddle/agent/git/forget";
import { openStore } from "@heddle/agent/git/store";
import { archivedOn, deletedAmong } from "@heddle/db/archive";
import type { Database } from "@heddle/db/database";

const removedSuffix = ".removed";
const partialSuffix = ".partial";

/** Everything that this host has of a deleted thread. The folders go last: by them a cut removal is found again. */
export async function removeLeftovers(
  homeDir: string,
  thread: { id: string; projectId: string; branch: string },
): Promise<void> {
  const store = openStore(homeDir, thread.projectId);
  await forgetThread(store, thread);
  const aside = join(homeDir, "left-behind");
  for (const name of await namesIn(aside)) if (name.startsWith(`${thread.id}.`)) await removeTree(join(aside, name));
  await removeTree(store.archiveDir(thread.id));
  await discardWorktree(store, thread.id);
}

/**
 * Removes what cut removals have left on this host. For the start of a worker, when nothing else works on the files.
 * A folder that no row knows is left alone unless the audit log says that its thread was deleted: the rows of another
 * database, or of an older copy of this one, say nothing about it.
 */
export async function removeAllLeftovers(db: Database, hostId: string, homeDir: string): Promise<void> {
  const [worktrees, archives, aside] = ["worktrees", "archives", "left-behind"].map((name) => join(homeDir, name)) as [
    string,
    string,
    string,
  ];
  for (const name of await namesIn(worktrees))
    if (name.endsWith(removedSuffix)) await removeTree(join(worktrees, name));
  for (const threadId of await namesIn(archives)) {
    const dir = join(archives, threadId);
    for (const name of await namesIn(dir)) if (name.endsWith(partialSuffix)) await removeTree(join(dir, name));
  }
  const names = [worktrees, archives, aside].map(namesIn);
  const ids = new Set((await Promise.all(names)).flat().map((name) => name.split(".")[0] ?? ""));
  for (const thread of await deletedAmong(db, [...ids])) await removeLeftovers(homeDir, thread);
  for (const { id, projectId, archiveId } of await archivedOn(db, hostId)) {
    const store = openStore(homeDir, projectId);
    if (archiveId === null || existsSync(join(store.archiveDir(id), archiveId))) await discardWorktree(store, id);
  }
}

const namesIn = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);
