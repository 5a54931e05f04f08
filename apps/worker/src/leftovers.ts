import { existsSync } from "node:fs";
import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { discardWorktree, removeTree } from "@heddle/agent/git/archive-files";
import { forgetThread } from "@heddle/agent/git/forget";
import { openStore } from "@heddle/agent/git/store";
import { deletedAmong, type KnownThread, threadsAmong } from "@heddle/db/archive";
import type { Database } from "@heddle/db/database";

/** Everything that this host has of a deleted thread. The folders go last: by them a cut removal is found again. */
export async function removeLeftovers(
  homeDir: string,
  thread: { id: string; projectId: string; branch: string },
): Promise<void> {
  const store = openStore(homeDir, thread.projectId);
  await forgetThread(store, thread);
  const aside = join(homeDir, "left-behind");
  for (const name of await namesIn(aside)) if (idOf(name) === thread.id) await removeTree(join(aside, name));
  await removeTree(store.archiveDir(thread.id));
  await discardWorktree(store, thread.id);
}

/**
 * Removes what cut removals have left on this host, and sets archives aside that their threads no longer need. For the
 * start of a worker, when nothing else works on the files. A folder that no row knows is left alone unless the audit log
 * says that its thread was deleted: the rows of another database, or of an older copy of this one, say nothing about it.
 */
export async function removeAllLeftovers(db: Database, hostId: string, homeDir: string): Promise<void> {
  const [worktrees, archives, aside] = [
    join(homeDir, "worktrees"),
    join(homeDir, "archives"),
    join(homeDir, "left-behind"),
  ];
  for (const name of await namesIn(worktrees)) if (name.endsWith(".removed")) await removeTree(join(worktrees, name));
  for (const threadId of await namesIn(archives)) await removePartial(join(archives, threadId));

  const names = await Promise.all([worktrees, archives, aside].map(namesIn));
  const ids = [...new Set(names.flat().map(idOf))];
  const threads = await threadsAmong(db, ids);
  const known = new Set(threads.map(({ id }) => id));
  const unknown = ids.filter((id) => !known.has(id));
  for (const thread of await deletedAmong(db, unknown)) await removeLeftovers(homeDir, thread);
  for (const thread of threads) {
    if (thread.archive === null) await setAside(join(archives, thread.id), aside);
    else if (thread.hostId === hostId) await discardArchived(homeDir, thread);
  }
}

async function removePartial(dir: string): Promise<void> {
  for (const name of await namesIn(dir)) if (name.endsWith(".partial")) await removeTree(join(dir, name));
}

/** The archive was proven before the thread counted as archived. */
async function discardArchived(homeDir: string, { id, projectId, archive }: KnownThread): Promise<void> {
  const store = openStore(homeDir, projectId);
  const fileId = archive?.fileId ?? null;
  if (fileId === null || existsSync(join(store.archiveDir(id), fileId))) await discardWorktree(store, id);
}

/** What lies there is removed after a week; see left-behind.ts. */
async function setAside(archiveDir: string, aside: string): Promise<void> {
  if (!existsSync(archiveDir)) return;
  await mkdir(aside, { recursive: true, mode: 0o700 });
  const id = archiveDir.split("/").at(-1);
  await rename(archiveDir, join(aside, `${id}.${Date.now()}`));
}

const idOf = (name: string) => name.split(".")[0] ?? "";
const namesIn = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);
