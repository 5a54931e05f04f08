import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Sandbox } from "../sandbox/types.ts";
import { archiveFileIn, hashFile, removeTree, syncFileSystem, syncFolder } from "./archive-files.ts";
import { digestOf, emptyWorktree, ignoredPaths, type Packed, packInto, unpackFrom } from "./archive-stream.ts";
import { GitError } from "./errors.ts";
import { inOrder } from "./lock.ts";
import type { ProjectStore } from "./store.ts";
import { isPrepared, markPrepared, markUnprepared, threadQueue } from "./worktree-state.ts";

export type ArchiveOptions = {
  threadId: string;
  /** The folder to make; one of that name is replaced. */
  dir: string;
  /** Whether files that git ignores are kept, too. */
  keepIgnored: boolean;
  /** Opens a second sandbox, in which the copy is restored to be compared, on the given worktree folder. */
  openScratch(worktreeDir: string): Promise<Sandbox>;
  signal?: AbortSignal;
};

/** Sizes in bytes. Two worktrees with the same `contentSha256` have the same entries, modes and contents. */
export type Archive = Packed & { contentSha256: string };

/**
 * Keeps the whole worktree, its `.git` included, as one file on this host, and proves it: the file is read back,
 * restored in a second sandbox and compared with the worktree, entry by entry and byte by byte. The worktree stays as it
 * is. Nothing else may run in its sandbox meanwhile.
 * @throws GitError `ARCHIVE_FAILED`: then there is no archive
 */
export function archiveWorktree(sandbox: Sandbox, options: ArchiveOptions): Promise<Archive> {
  const { threadId, dir, keepIgnored, signal } = options;
  const partial = `${dir}.partial`;
  return inOrder(threadQueue(threadId), async () => {
    try {
      await Promise.all([removeTree(partial), removeTree(dir)]);
      await mkdir(partial, { recursive: true, mode: 0o700 });
      const leftOut = keepIgnored ? undefined : await ignoredPaths(sandbox, signal);
      const packed = await packInto(sandbox, partial, { leftOut, signal });
      const contentSha256 = await verify(sandbox, { ...options, partial, leftOut, sha256: packed.sha256 });
      const archive = { ...packed, contentSha256 };
      await writeFile(join(partial, "manifest.json"), `${JSON.stringify(archive, null, 2)}\n`, { flush: true });
      await syncFolder(partial);
      await rename(partial, dir);
      await syncFolder(dirname(dir));
      return archive;
    } catch (error) {
      await removeTree(partial);
      throw isFull(error)
        ? failure("The host's disk is full, so no archive could be made. Nothing was removed.")
        : error;
    }
  });
}

type Verification = ArchiveOptions & { partial: string; leftOut: Uint8Array | undefined; sha256: string };

/** @returns the digest of the content */
async function verify(sandbox: Sandbox, verification: Verification): Promise<string> {
  const { partial, leftOut, sha256, openScratch, signal } = verification;
  const file = await archiveFileIn(partial);
  if (file === null || (await hashFile(file)) !== sha256) throw failure("The archive's file is not what was written.");
  const copyDir = join(partial, "copy");
  const copy = await openScratch(copyDir);
  try {
    await unpackFrom(copy, file, signal);
    const [restored, original] = await Promise.all([
      digestOf(copy, { signal }),
      digestOf(sandbox, { leftOut, signal }),
    ]);
    if (restored !== original)
      throw failure("The archive did not hold what the worktree holds, so nothing was removed. Try again.");
    return original;
  } finally {
    await copy.close();
    await removeTree(copyDir);
  }
}

export type RestoreOptions = {
  threadId: string;
  /** The folder that {@link archiveWorktree} made. */
  dir: string;
  archive: Pick<Archive, "sha256" | "contentSha256">;
  /** How often the thread has changed its host. */
  moves: number;
  /** Called last before files are replaced; throws when they must not be. */
  confirm(): Promise<void>;
  signal?: AbortSignal;
};

/**
 * Makes the worktree what the archive holds, and proves it. Repeated, it finds everything in place. When the archive's
 * file is missing or not what was written, nothing is touched.
 * @throws GitError `ARCHIVE_FAILED` when the file is sound and the worktree cannot be made equal to it
 */
export function restoreArchive(
  sandbox: Sandbox,
  store: ProjectStore,
  { threadId, dir, archive, moves, confirm, signal }: RestoreOptions,
): Promise<"restored" | "missing" | "damaged"> {
  return inOrder(threadQueue(threadId), async () => {
    const isBack = async () => (await digestOf(sandbox, { signal })) === archive.contentSha256;
    if ((await isPrepared(store, threadId, moves)) && (await isBack())) return "restored";
    const file = await archiveFileIn(dir);
    if (file === null) return "missing";
    if ((await hashFile(file).catch(() => null)) !== archive.sha256) return "damaged";
    await confirm();
    await markUnprepared(store, threadId);
    try {
      await unpackFrom(sandbox, file, signal);
      if (!(await isBack()))
        throw failure("The restored files are not those of the archive, which is kept. Try again.");
    } catch (error) {
      // Half of them are of no use, and take the room of others.
      if (!signal?.aborted) await emptyWorktree(sandbox).catch(() => undefined);
      throw isFull(error)
        ? failure("The host's disk is full, so the files could not be restored. The archive is kept.")
        : error;
    }
    await syncFileSystem(store.worktreeDir(threadId));
    await markPrepared(store, threadId, moves);
    return "restored";
  });
}

const failure = (message: string) => new GitError("ARCHIVE_FAILED", message);

function isFull(error: unknown): boolean {
  if (error instanceof GitError) return /No space left on device|Disk quota exceeded/.test(error.detail);
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}
