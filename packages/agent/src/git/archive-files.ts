import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { open, readdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { ProjectStore } from "./store.ts";
import { markUnprepared } from "./worktree-state.ts";

const run = promisify(execFile);
const removedSuffix = ".removed";

/** The archive's file in its folder, whichever program compressed it; null when there is none. */
export async function archiveFileIn(dir: string): Promise<string | null> {
  const names = await readdir(dir).catch(() => []);
  const name = names.find((found) => found.startsWith("worktree.tar."));
  return name === undefined ? null : join(dir, name);
}

export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}

/** What was renamed into the folder is there after a power cut, too. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Everything written so far on the file system that holds the path is on its disk. */
export async function syncFileSystem(path: string): Promise<void> {
  await run("sync", ["-f", path]);
}

/**
 * Removes a folder with everything in it. What is in it is an agent's: paths too long for Node, folders closed even to
 * their owner. rm(1) follows no symbolic link.
 */
export async function removeTree(path: string): Promise<void> {
  if (!existsSync(path)) return;
  if (process.getuid?.() !== 0) await run("chmod", ["-R", "u+rwX", "--", path]).catch(() => {});
  await run("rm", ["-rf", "--", path]);
}

/** Removes the thread's worktree, its home and its temporary files from this host. Its sandbox must be closed. */
export async function discardWorktree(store: ProjectStore, threadId: string): Promise<void> {
  const dir = store.worktreeDir(threadId);
  await removeTree(`${dir}${removedSuffix}`);
  if (!existsSync(dir)) return;
  await markUnprepared(store, threadId);
  // At once under another name: half a worktree is never taken for one.
  await rename(dir, `${dir}${removedSuffix}`);
  await syncFolder(dirname(dir));
  await removeTree(`${dir}${removedSuffix}`);
}

/** Removes a thread's archives of earlier times. @param keep the name of the one that stays */
export async function removeOtherArchives(dir: string, keep: string): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  for (const name of names) if (name !== keep) await removeTree(join(dir, name));
}
