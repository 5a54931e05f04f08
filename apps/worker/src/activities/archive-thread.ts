import { join } from "node:path";
import { type Archive, archiveWorktree } from "@heddle/agent/git/archive";
import { discardWorktree, removeOtherArchives } from "@heddle/agent/git/archive-files";
import { GitError } from "@heddle/agent/git/errors";
import { inOrder } from "@heddle/agent/git/lock";
import { openStore, type ProjectStore } from "@heddle/agent/git/store";
import { isPrepared, threadQueue } from "@heddle/agent/git/worktree-state";
import { diskUsage } from "@heddle/agent/sandbox/limits/disk-usage";
import { readManifest, recordArchive } from "@heddle/db/archive";
import { assertJobOpen, completeJob, type LoadedJob } from "@heddle/db/jobs";
import type { JobScope } from "@heddle/db/run-scope";
import type { HostDeps } from "../deps.ts";
import { keepForOthers } from "./bring-thread.ts";
import { keepFiles } from "./keep-checkpoint.ts";
import { countText, sizeText } from "./sizes.ts";
import { openSandbox } from "./worktree.ts";

/**
 * Sets a thread's worktree aside, as one file, and removes it. The file is proven before the thread counts as archived,
 * and the thread counts as archived before the worktree goes: cut anywhere, the next attempt finds one of them whole.
 * @throws ARCHIVE_FAILED: then nothing was removed
 */
export async function archiveThread(
  deps: HostDeps,
  scope: JobScope,
  { job, thread }: LoadedJob,
  signal: AbortSignal,
): Promise<void> {
  const store = openStore(deps.homeDir, thread.projectId);
  await deps.devServers.stop(thread.id);
  // With everything that runs in it: nothing may change the files while they are read.
  await deps.sandboxes.close(thread.id);
  if (readManifest(thread)?.id !== job.id) {
    const { file, notice } = await keep(deps, scope, { job, thread }, store, signal);
    const status = thread.status === "failed" ? "failed" : "idle";
    const { hostId } = deps.fence;
    await recordArchive(scope, { id: job.id, hostId, status, keepIgnored: job.keepIgnored, file }, notice);
    await deps.sandboxes.close(thread.id);
  }
  await inOrder(threadQueue(thread.id), async () => {
    await assertJobOpen(deps.db.prisma, job.id);
    await discardWorktree(store, thread.id);
    await removeOtherArchives(store.archiveDir(thread.id), job.id);
  });
  await completeJob(scope, {});
}

type Kept = { file: Omit<Archive, "notKept"> | null; notice: string };

async function keep(
  deps: HostDeps,
  scope: JobScope,
  { job, thread }: Pick<LoadedJob, "job" | "thread">,
  store: ProjectStore,
  signal: AbortSignal,
): Promise<Kept> {
  const { baseCommit } = thread;
  if (baseCommit === null || !(await isPrepared(store, thread.id, thread.moves)))
    return { file: null, notice: "The thread is archived. Its host kept no files beside the last checkpoint." };
  const sandbox = await openSandbox(deps, thread, store);
  const older = await whyOlder(async () => {
    await keepFiles(scope, { ...thread, baseCommit }, { sandbox, store }, `Archive ${job.id}`);
    await keepForOthers(deps, store, { ...thread, baseCommit }, signal);
  });
  const usedBytes = await diskUsage(store.worktreeDir(thread.id), signal);
  const { notKept, ...file } = await archiveWorktree(sandbox, {
    threadId: thread.id,
    dir: join(store.archiveDir(thread.id), job.id),
    keepIgnored: job.keepIgnored,
    openScratch: (worktreeDir) =>
      deps.sandboxes.open({ threadId: `${thread.id}-copy`, worktreeDir, upstreamDir: store.upstreamDir }),
    signal,
  });
  const sentences = [
    `The thread is archived: ${countText(file.files, "file")}, ${sizeText(file.contentBytes)}${job.keepIgnored ? "" : ", without those that git ignores"}, kept in ${sizeText(file.sizeBytes)}.`,
    `${sizeText(Math.max(0, usedBytes - file.sizeBytes))} of disk were freed.`,
    ...(notKept.length > 0 ? [`No archive can hold sockets and devices: ${notKept.join(", ")}.`] : []),
    ...(older === null ? [] : [`Should its host be lost, only the last checkpoint remains, which is older: ${older}`]),
  ];
  return { file, notice: sentences.join(" ") };
}

/** @returns why the last checkpoint is older than the worktree; it stands in for an archive that is lost, no more */
async function whyOlder(keepCheckpoint: () => Promise<void>): Promise<string | null> {
  try {
    await keepCheckpoint();
    return null;
  } catch (error) {
    if (error instanceof GitError && error.code !== "ABORTED") return error.message;
    throw error;
  }
}
