import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { open, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { GitError } from "./errors.ts";

const waitSeconds = 600;
const queues = new Map<string, Promise<unknown>>();

/** Runs `fn` after everything queued before it under the same key in this process. Not re-entrant. */
export async function inOrder<T>(key: string, fn: () => Promise<T>): Promise<T> {
  const before = queues.get(key) ?? Promise.resolve();
  const run = before.then(fn, fn);
  const settled = run.catch(() => {});
  queues.set(key, settled);
  try {
    return await run;
  } finally {
    if (queues.get(key) === settled) queues.delete(key);
  }
}

/** Held while `fn` runs. Give `fd` to each git that writes (`lockFd`), so that a git which outlives us keeps the lock. */
export type RepositoryLock = { fd: number };

/**
 * One writer per repository among all processes of this host; not re-entrant.
 *
 * The lock is flock(2) on the repository's own directory: no lock file exists that could be left behind. It belongs to
 * the open file, which flock(1) shares with us: the kernel frees it when we and every git that inherited the file have
 * ended, however that happened. So a `*.lock` of git's own found while we hold it is a dead git's, and is removed.
 * @throws GitError `REPOSITORY_BUSY` after ten minutes
 */
export function withRepositoryLock<T>(dir: string, fn: (lock: RepositoryLock) => Promise<T>): Promise<T> {
  // Queued before anything is waited for, so that callers get in in the order of their calls.
  const path = resolve(dir);
  return inOrder(`repository:${path}`, async () => {
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await lockFile(handle.fd);
      await removeStaleFiles(path);
      return await fn({ fd: handle.fd });
    } finally {
      await handle.close();
    }
  });
}

const environment: Record<string, string> = { PATH: "/usr/local/bin:/usr/bin:/bin" };

function lockFile(fd: number): Promise<void> {
  const child = spawn("flock", ["--exclusive", "--wait", String(waitSeconds), "3"], {
    env: environment as NodeJS.ProcessEnv,
    stdio: ["ignore", "ignore", "ignore", fd],
  });
  return new Promise((done, reject) => {
    child.once("error", (error) =>
      reject(new GitError("GIT_FAILED", "flock (util-linux) could not be started.", String(error))),
    );
    child.once("exit", (code) => {
      if (code === 0) done();
      else reject(new GitError("REPOSITORY_BUSY", "The repository is busy with another operation."));
    });
  });
}

async function removeStaleFiles(gitDir: string): Promise<void> {
  const isLock = (name: string) => name.endsWith(".lock");
  await Promise.all([
    removeFiles(gitDir, isLock, false),
    removeFiles(join(gitDir, "refs"), isLock, true),
    removeFiles(join(gitDir, "objects/info"), isLock, false),
    removeFiles(join(gitDir, "objects/pack"), (name) => name.startsWith("tmp_"), false),
  ]);
}

async function removeFiles(dir: string, stale: (name: string) => boolean, recursive: boolean): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(dir, entry.name);
    if (entry.isDirectory() && recursive) await removeFiles(path, stale, true);
    else if (entry.isFile() && stale(entry.name)) await rm(path, { force: true });
  }
}
