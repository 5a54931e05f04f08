import type { ThreadView } from "@heddle/db/threads.schema";

/** A thread as JSON has it, with its moments as dates again. */
export function reviveThread(thread: ThreadView): ThreadView {
  const { createdAt, updatedAt, runningSince, archivedAt } = thread;
  return {
    ...thread,
    createdAt: new Date(createdAt),
    updatedAt: new Date(updatedAt),
    runningSince: runningSince && new Date(runningSince),
    archivedAt: archivedAt && new Date(archivedAt),
  };
}
