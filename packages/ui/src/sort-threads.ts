import { toMillis } from "./format.ts";
import type { ThreadView } from "./types.ts";

/** What waits for a person first, archived last, otherwise the latest change first. */
export function sortThreads<T extends Pick<ThreadView, "status" | "updatedAt">>(threads: readonly T[]): T[] {
  const rank = (thread: T) => (thread.status === "waiting" ? 0 : thread.status === "archived" ? 2 : 1);
  return [...threads].sort((a, b) => rank(a) - rank(b) || toMillis(b.updatedAt) - toMillis(a.updatedAt));
}
