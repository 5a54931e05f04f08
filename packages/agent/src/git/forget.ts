import { existsSync } from "node:fs";
import { checkpointRef } from "./checkpoint.ts";
import { withRepositoryLock } from "./lock.ts";
import { runGit } from "./run.ts";
import type { ProjectStore } from "./store.ts";

/** Takes a deleted thread's branch and checkpoints out of the store, if this host has them. */
export async function forgetThread(
  store: Pick<ProjectStore, "threadsDir">,
  thread: { id: string; branch: string },
): Promise<void> {
  if (!existsSync(store.threadsDir)) return;
  const refs = [checkpointRef(thread.id), `refs/heads/${thread.branch}`];
  await withRepositoryLock(store.threadsDir, async ({ fd: lockFd }) => {
    for (const ref of refs) await runGit(store.threadsDir, ["update-ref", "--no-deref", "-d", ref], { lockFd });
  });
}
