import { execFile } from "node:child_process";
import { chmod, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SandboxSpec } from "./types.ts";

export type WorktreeFolders = { tree: string; home: string; tmp: string; upstreamObjects: string };

const run = promisify(execFile);

/**
 * Makes a thread's folders where they are missing and gives them to its user, for whom alone they are open.
 *
 * @param userId the thread's user on the host; `null`: the one that Heddle runs as
 */
export async function prepareFolders(spec: SandboxSpec, userId: number | null): Promise<WorktreeFolders> {
  const [tree, home, tmp] = ["tree", "home", "tmp"].map((name) => join(spec.worktreeDir, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(spec.worktreeDir, { recursive: true, mode: 0o700 });
  for (const folder of [tree, home, tmp]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = await stat(folder);
    if ((mode & 0o777) !== 0o700) await chmod(folder, 0o700);
    // Restored from elsewhere, or made by the host: once, and never through a symbolic link.
    if (userId !== null && uid !== userId) await run("chown", ["-hR", `${userId}:${userId}`, "--", folder]);
  }
  return { tree, home, tmp, upstreamObjects: join(spec.upstreamDir, "objects") };
}
