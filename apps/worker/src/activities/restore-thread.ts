import { existsSync } from "node:fs";
import { join } from "node:path";
import { restoreArchive } from "@heddle/agent/git/archive";
import { removeTree } from "@heddle/agent/git/archive-files";
import { openStore } from "@heddle/agent/git/store";
import { readManifest, recordRestore } from "@heddle/db/archive";
import type { ArchiveManifest } from "@heddle/db/archive.schema";
import { AppError } from "@heddle/db/errors";
import { assertJobOpen, type LoadedJob } from "@heddle/db/jobs";
import type { JobScope } from "@heddle/db/run-scope";
import type { HostDeps } from "../deps.ts";
import { countText, sizeText } from "./sizes.ts";
import { openSandbox, openWorktree } from "./worktree.ts";

/**
 * Brings an archived thread's worktree back, from its archive or, where that is lost, from the last checkpoint. The
 * archive goes once the files are proven, on the disk, and the thread is no longer archived; a damaged one stays.
 * @throws ARCHIVE_FAILED, NOT_ARCHIVED
 */
export async function restoreThread(
  deps: HostDeps,
  scope: JobScope,
  { thread }: LoadedJob,
  signal: AbortSignal,
): Promise<void> {
  if (thread.status !== "archived") throw new AppError("NOT_ARCHIVED");
  const manifest = readManifest(thread);
  const restored = await bringBack(deps, scope, { thread, manifest }, signal);
  await recordRestore(scope, manifest, restored);
  if (!restored.complete) return;
  await removeTree(openStore(deps.homeDir, thread.projectId).archiveDir(thread.id)).catch((err) =>
    deps.log.warn({ err }, "the archive of a restored thread could not be removed"),
  );
}

async function bringBack(
  deps: HostDeps,
  scope: JobScope,
  { thread, manifest }: { thread: LoadedJob["thread"]; manifest: ArchiveManifest | null },
  signal: AbortSignal,
): Promise<{ complete: boolean; notice: string }> {
  const file = manifest?.file ?? null;
  if (manifest !== null && file !== null) {
    const store = openStore(deps.homeDir, thread.projectId);
    const dir = join(store.archiveDir(thread.id), manifest.id);
    const confirm = () => assertJobOpen(deps.db.prisma, scope.jobId);
    const options = { threadId: thread.id, dir, archive: file, moves: thread.moves, confirm, signal };
    // A host that the thread has just come to may lack all of the project.
    const outcome = existsSync(dir)
      ? await restoreArchive(await openSandbox(deps, thread, store), store, options)
      : "missing";
    if (outcome === "restored") return { complete: true, notice: restoredSentence(manifest, file) };
    await openWorktree(deps, thread, signal);
    return { complete: false, notice: lostSentence(outcome, manifest.hostId !== deps.fence.hostId, thread.keptAt) };
  }
  if (thread.baseCommit !== null) await openWorktree(deps, thread, signal);
  return { complete: true, notice: "The thread is restored, its files as of the last checkpoint." };
}

function restoredSentence({ keepIgnored }: ArchiveManifest, file: NonNullable<ArchiveManifest["file"]>): string {
  const size = `${countText(file.files, "file")}, ${sizeText(file.contentBytes)}`;
  return `The thread is restored as it was: ${size}${keepIgnored ? "" : ", without those that git ignores"}.`;
}

function lostSentence(outcome: "missing" | "damaged", elsewhere: boolean, keptAt: Date | null): string {
  const why =
    outcome === "damaged"
      ? "The archive is damaged (it is kept for an admin to look at)"
      : elsewhere
        ? "The archive lies on a host that does not answer"
        : "The archive is no longer there";
  const when = keptAt === null ? "" : `, ${keptAt.toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return `${why}, so the files are as of the last checkpoint${when}. What git ignores, what was staged, permissions beside the executable bit, and the agent's own commits, branches and stashes are missing.`;
}
