import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";

export type FreeSpace = { bytes: number; inodes: number };

/** What Heddle's own user may still take on the file system of a folder. */
export async function freeSpace(folder: string): Promise<FreeSpace> {
  const { bavail, bsize, ffree } = await statfs(folder);
  return { bytes: bavail * bsize, inodes: ffree };
}

/**
 * What a folder takes on disk. Links are not followed and other file systems not entered, so what an agent puts there
 * leads nowhere; a folder that may not be read counts as little.
 * @param signal ends a walk that is no longer of use
 */
export function diskUsage(folder: string, signal?: AbortSignal): Promise<number> {
  const args = ["--summarize", "--one-file-system", "--block-size=1", "--", folder];
  return new Promise((resolve) => {
    execFile("du", args, { signal, env: { PATH: "/usr/bin:/bin" }, cwd: "/" }, (_error, stdout) => {
      resolve(Number.parseInt(stdout, 10) || 0);
    });
  });
}
