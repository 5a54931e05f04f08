import { randomUUID } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GitError } from "./errors.ts";
import type { ProjectStore } from "./store.ts";

/** Where the threads' folders are on this host. */
type Worktrees = Pick<ProjectStore, "worktreeDir">;

/** Preparing, recording and committing a worktree happen one after the other. */
export const threadQueue = (threadId: string) => `thread:${threadId}`;

/**
 * Beside the worktree, out of the agent's reach: says that it was completed once, so that its files count. Names the
 * folder by its inode, because one that was deleted and made again is not the same, and how often the thread had moved
 * then, because files that stayed behind on a host are old when the thread comes back.
 */
const markerOf = (store: Worktrees, threadId: string) => join(store.worktreeDir(threadId), "prepared");

/** @param moves how often the thread has changed its host; any worktree that was completed here will do when absent */
export async function isPrepared(store: Worktrees, threadId: string, moves?: number): Promise<boolean> {
  const marker = await readFile(markerOf(store, threadId), "utf8").catch(() => null);
  const [folder, madeAt = "0"] = marker?.trimEnd().split(" ") ?? [];
  if (moves !== undefined && madeAt !== String(moves)) return false;
  // Many file systems get another number whenever the machine starts; the folder in them does not.
  const here = await identity(store, threadId).catch(() => null);
  return folder !== undefined && here !== null && inodeOf(folder) === inodeOf(here);
}

export async function markPrepared(store: Worktrees, threadId: string, moves: number): Promise<void> {
  await writeMarker(store, threadId, `${await identity(store, threadId)} ${moves} ${randomUUID()}`);
}

/**
 * Says of a worktree that was copied here whole, together with its mark, that its files are complete.
 * @returns its name there and its name here; null when it was not complete there
 */
export async function adoptCopy(store: Worktrees, threadId: string): Promise<{ from: string; to: string } | null> {
  const from = (await readFile(markerOf(store, threadId), "utf8").catch(() => "")).trimEnd();
  const folder = await identity(store, threadId).catch(() => null);
  if (from === "" || folder === null) return null;
  const to = [folder, ...from.split(" ").slice(1)].join(" ");
  await writeMarker(store, threadId, to);
  return { from, to };
}

async function writeMarker(store: Worktrees, threadId: string, text: string): Promise<void> {
  const marker = markerOf(store, threadId);
  await writeFile(`${marker}.new`, `${text}\n`, { flush: true });
  await rename(`${marker}.new`, marker);
}

/** Which worktree this is: one that is made anew has another name, even in the same folder. */
export async function worktreeName(store: Worktrees, threadId: string): Promise<string> {
  return (await readFile(markerOf(store, threadId), "utf8")).trimEnd();
}

export async function markUnprepared(store: Worktrees, threadId: string): Promise<void> {
  await rm(markerOf(store, threadId), { force: true });
}

/** Without this, the files of a worktree half made would be recorded as deleted. */
export async function assertPrepared(store: Worktrees, threadId: string): Promise<void> {
  if (!(await isPrepared(store, threadId)))
    throw new GitError("WORKTREE_NOT_PREPARED", "The thread's worktree is not complete on this host.");
}

const inodeOf = (folder: string) => folder.split(":").at(-1);

async function identity(store: Worktrees, threadId: string): Promise<string> {
  const { dev, ino } = await stat(join(store.worktreeDir(threadId), "tree"));
  return `${dev}:${ino}`;
}
