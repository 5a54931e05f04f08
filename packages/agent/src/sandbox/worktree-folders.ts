import { execFile } from "node:child_process";
import { chmod, lstat, mkdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SandboxSpec } from "./types.ts";

export type WorktreeFolders = {
  tree: string;
  home: string;
  tmp: string;
  upstreamObjects: string;
  /** For sockets; of the host's own user, and only it may write there. */
  sockets: string;
};

const run = promisify(execFile);

/**
 * Makes a thread's folders where they are missing and gives them to its user, for whom alone they are open.
 *
 * @param homeDir nothing outside this folder is ever changed
 * @param userId the thread's user on the host; `null`: the one that Heddle runs as
 * @returns real paths, free of symbolic links
 */
export async function prepareFolders(
  homeDir: string,
  spec: SandboxSpec,
  userId: number | null,
): Promise<WorktreeFolders> {
  await mkdir(spec.worktreeDir, { recursive: true, mode: 0o700 });
  const [home, worktree] = await Promise.all([realpath(homeDir), realpath(spec.worktreeDir)]);
  if (!worktree.startsWith(`${home}/`)) throw new Error("a worktree must lie in Heddle's home");
  const prepare = async (name: string) => {
    const folder = join(worktree, name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const found = await lstat(folder);
    if (!found.isDirectory()) throw new Error(`not a folder: ${folder}`);
    if ((found.mode & 0o777) !== 0o700) await chmod(folder, 0o700);
    // Made by the host or restored from elsewhere: once, and never through a symbolic link.
    if (userId !== null && found.uid !== userId) await run("chown", ["-hR", `${userId}:${userId}`, "--", folder]);
    return folder;
  };
  return {
    tree: await prepare("tree"),
    home: await prepare("home"),
    tmp: await prepare("tmp"),
    upstreamObjects: await realpath(join(spec.upstreamDir, "objects")),
    sockets: await prepareSockets(join(worktree, "sockets")),
  };
}

/** Without those that a killed process has left. */
async function prepareSockets(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  // Whoever finds the way here may pass, but not look around.
  await chmod(folder, 0o711);
  return folder;
}
