import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

type IdRange = { first: number; count: number };

const wanted: IdRange = { first: 1_000_000, count: 2 ** 30 };

/** True when Heddle runs as root, so that each thread gets a real user of its own. */
export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The host's user id for a thread: the same for a thread always, practically never the same for two.
 *
 * @param idMap text of /proc/self/uid_map: inside a container fewer ids may exist than on a whole machine
 */
export function threadUserId(threadId: string, idMap: string): number {
  const { first, count } = usableRange(idMap);
  return first + (createHash("sha256").update(threadId).digest().readUInt32BE(0) % count);
}

/** {@link threadUserId} on this host. */
export async function hostUserIdOf(threadId: string): Promise<number> {
  return threadUserId(threadId, await readFile("/proc/self/uid_map", "utf8"));
}

function usableRange(idMap: string): IdRange {
  const ranges = idMap
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([first = 0, , count = 0]) => ({ first, count }));
  const enough = ranges.some(
    ({ first, count }) => first <= wanted.first && first + count >= wanted.first + wanted.count,
  );
  if (enough) return wanted;
  const largest = ranges.reduce((best, range) => (range.count > best.count ? range : best), { first: 0, count: 1 });
  // The lower half is left to the system's own users.
  const half = Math.floor(largest.count / 2);
  return { first: largest.first + half, count: Math.max(1, largest.count - half) };
}
