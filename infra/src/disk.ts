import { existsSync, readdirSync, statfsSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { StartFailure } from "./start-failure.ts";

const leastFreeBytes = 100 * 2 ** 20;

/** True if there is a folder with something in it. */
export function hasFiles(dir: string): boolean {
  return existsSync(dir) && readdirSync(dir).length > 0;
}

export function freeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}

/** Bytes of all files below a folder; those that vanish meanwhile do not count. */
export async function folderBytes(dir: string): Promise<number> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const sizes = entries.map((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return folderBytes(path);
    return lstat(path).then(
      ({ size }) => size,
      () => 0,
    );
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** @throws StartFailure if a full disk would stop the servers in mid-write */
export function assertDiskNotFull(dir: string): void {
  const free = freeBytes(dir);
  if (free >= leastFreeBytes) return;
  throw new StartFailure(
    `the disk of ${dir} is full: ${inMegabytes(free)} are free, ${inMegabytes(leastFreeBytes)} are needed. Make room and start again; nothing was changed.`,
  );
}

/** @throws StartFailure before anything is written, if `bytes` more do not fit beside the reserve of a running stack */
export function assertRoomFor(dir: string, bytes: number, purpose: string): void {
  const free = freeBytes(dir);
  if (free >= bytes + leastFreeBytes) return;
  throw new StartFailure(
    `${purpose} needs ${inMegabytes(bytes + leastFreeBytes)} on the disk of ${dir}, and ${inMegabytes(free)} are free. Make room and try again; nothing was changed.`,
  );
}

/** `12 MB`, or `340 kB` for what is small. */
export function inMegabytes(bytes: number): string {
  if (bytes < 2 ** 20) return `${Math.ceil(bytes / 1024)} kB`;
  return `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MB`;
}
