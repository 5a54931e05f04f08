import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "@heddle/agent/git/archive-files";
import type { Database } from "@heddle/db/database";
import { movedAway } from "@heddle/db/placement";

const keepForMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Sets aside the worktrees of threads that have gone on to other hosts, and removes those that were set aside a week ago:
 * until then what git ignored in them, or what was changed last, can be fetched by hand. For the start of a worker, when
 * nothing else works on them. A folder that the database does not know is left alone.
 */
export async function setAsideLeftBehind(db: Database, hostId: string, homeDir: string): Promise<void> {
  const worktrees = join(homeDir, "worktrees");
  const aside = join(homeDir, "left-behind");
  const names = await readdir(worktrees).catch(() => []);
  for (const threadId of await movedAway(db, hostId, names)) {
    await mkdir(aside, { recursive: true, mode: 0o700 });
    await rename(join(worktrees, threadId), join(aside, `${threadId}.${Date.now()}`));
  }
  for (const name of await readdir(aside).catch(() => [])) {
    const since = Number(name.split(".").at(-1));
    if (Date.now() - since > keepForMs) await removeTree(join(aside, name));
  }
}
