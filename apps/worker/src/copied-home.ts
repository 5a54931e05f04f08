import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { adoptCopy } from "@heddle/agent/git/worktree-state";

/**
 * Worktrees are known by their folders, which are others in a home that was copied or moved to another disk as a whole:
 * there they count as they did. For the start of a worker, when nothing else works on them.
 */
export async function adoptCopiedHome(homeDir: string): Promise<void> {
  const worktrees = join(homeDir, "worktrees");
  await mkdir(worktrees, { recursive: true, mode: 0o700 });
  const mark = join(homeDir, "worktrees.folder");
  const here = String((await stat(worktrees)).ino);
  const before = await readFile(mark, "utf8").catch(() => null);
  if (before === here) return;
  if (before !== null) {
    for (const threadId of (await readdir(worktrees)).filter((name) => !name.includes(".")))
      await adoptCopy({ worktreeDir: (id) => join(worktrees, id) }, threadId);
  }
  await writeFile(mark, here, { flush: true });
}
