import { stat, statfs } from "node:fs/promises";
import { removedFiles, sumOf } from "./removed-files.ts";
import { run } from "./run.ts";

/** What can still be taken of a file system; `inodes` is null where they are made as needed. */
export type FreeSpace = { bytes: number; inodes: number | null };

/** What Heddle's own user may still take on the file system of a folder. */
export async function freeSpace(folder: string): Promise<FreeSpace> {
  const { bavail, bsize, files, ffree } = await statfs(folder);
  return { bytes: bavail * bsize, inodes: files === 0 ? null : ffree };
}

/**
 * What a folder takes on disk. Links are not followed and other file systems not entered, so what an agent puts there
 * leads nowhere; a folder that may not be read counts as little.
 * @param signal ends a walk that is no longer of use
 */
export async function diskUsage(folder: string, signal?: AbortSignal): Promise<number> {
  return toNumber(await run("du", ["--summarize", "--one-file-system", "--block-size=1", "--", folder], signal));
}

/** The files and folders in a folder, under the same rules: empty ones take nothing else, and run out, too. */
export async function inodeUsage(folder: string): Promise<number> {
  return toNumber(await run("du", ["--summarize", "--one-file-system", "--inodes", "--", folder]));
}

/** What files take on a folder's file system that are removed from it, and held open or mapped by one of the processes. */
export async function removedUsage(folder: string, pids: readonly number[]): Promise<number> {
  const { dev } = await stat(folder);
  return sumOf((await removedFiles(pids)).filter((file) => file.device === String(dev)));
}

function toNumber(text: string): number {
  return Number.parseInt(text, 10) || 0;
}
