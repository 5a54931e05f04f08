import { createHash } from "node:crypto";
import { GitError } from "@heddle/agent/git/errors";
import { diff } from "@heddle/agent/git/read";
import { openStore } from "@heddle/agent/git/store";
import { listFiles, readLines } from "@heddle/agent/git/tree";
import { AppError, isErrorCode } from "@heddle/db/errors";
import type { ThreadScope } from "@heddle/db/scope";
import { threadOrigin } from "@heddle/db/thread-origins";
import { diffRange } from "@heddle/db/turns";
import type { SourceRuntime } from "../../server/project-source.ts";
import { bringThread } from "../../server/thread-store.ts";
import type { FileLinesInput, ThreadDiff, ThreadFiles } from "./diff.schema.ts";

type Range = NonNullable<Awaited<ReturnType<typeof diffRange>>>;

/**
 * What the thread, or one of its turns, changed; nothing before its worktree exists. What lies on another host only is
 * brought here first.
 * @throws NOT_FOUND for a foreign turn, TIMEOUT, GIT_FAILED, and what speaks against reading the project's source
 */
export async function threadDiff(
  scope: ThreadScope,
  runtime: SourceRuntime,
  turnId: string | undefined,
): Promise<ThreadDiff> {
  const range = await diffRange(scope, turnId);
  if (!range || range.from === range.to) return { files: [] };
  const files = await readStore(scope, runtime, range, (dir) => diff(dir, range.from, range.to));
  return { files: files.map((file) => ({ ...file, hash: createHash("sha256").update(file.patch).digest("hex") })) };
}

/** The files that the thread's worktree had at its last checkpoint. @throws like {@link threadDiff} */
export async function threadFiles(scope: ThreadScope, runtime: SourceRuntime): Promise<ThreadFiles> {
  const range = await diffRange(scope, undefined);
  if (!range) return { files: [], truncated: false };
  return readStore(scope, runtime, range, (dir) => listFiles(dir, range.to));
}

/**
 * Lines of a file as the thread, or one of its turns, left it.
 * @throws NOT_FOUND for a foreign turn and an unknown file, otherwise like {@link threadDiff}
 */
export async function threadFileLines(
  scope: ThreadScope,
  runtime: SourceRuntime,
  { turnId, path, from, to }: FileLinesInput,
): Promise<{ lines: string[] }> {
  const range = await diffRange(scope, turnId);
  const lines = range && (await readStore(scope, runtime, range, (dir) => readLines(dir, range.to, path, from, to)));
  if (!lines) throw new AppError("NOT_FOUND");
  return { lines };
}

async function readStore<T>(
  scope: ThreadScope,
  runtime: SourceRuntime,
  { projectId }: Range,
  read: (threadsDir: string) => Promise<T>,
): Promise<T> {
  const { threadsDir } = openStore(runtime.env.HEDDLE_HOME, projectId);
  try {
    return await read(threadsDir).catch(async (error: unknown) => {
      if (!(error instanceof GitError) || error.code !== "GIT_FAILED") throw error;
      await bringThread(runtime, await threadOrigin(scope));
      return read(threadsDir);
    });
  } catch (cause) {
    if (!(cause instanceof GitError)) throw cause;
    if (cause.code === "TIMED_OUT") throw new AppError("TIMEOUT", { cause });
    if (cause.code === "GIT_FAILED" || !isErrorCode(cause.code)) throw new AppError("GIT_FAILED", { cause });
    throw new AppError(cause.code, { cause, message: cause.message });
  }
}
