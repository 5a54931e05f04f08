import { GitError } from "@heddle/agent/git/errors";
import { diff } from "@heddle/agent/git/read";
import { openStore } from "@heddle/agent/git/store";
import { AppError, isErrorCode } from "@heddle/db/errors";
import type { ThreadScope } from "@heddle/db/scope";
import { threadOrigin } from "@heddle/db/thread-origins";
import { diffRange } from "@heddle/db/turns";
import type { SourceRuntime } from "../../server/project-source.ts";
import { bringThread } from "../../server/thread-store.ts";
import type { ThreadDiff } from "./diff.schema.ts";

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
  const { threadsDir } = openStore(runtime.env.HEDDLE_HOME, range.projectId);
  const read = () => diff(threadsDir, range.from, range.to);
  try {
    const files = await read().catch(async (error: unknown) => {
      if (!(error instanceof GitError) || error.code !== "GIT_FAILED") throw error;
      await bringThread(runtime, await threadOrigin(scope));
      return read();
    });
    return { files };
  } catch (cause) {
    if (!(cause instanceof GitError)) throw cause;
    if (cause.code === "TIMED_OUT") throw new AppError("TIMEOUT", { cause });
    if (cause.code === "GIT_FAILED" || !isErrorCode(cause.code)) throw new AppError("GIT_FAILED", { cause });
    throw new AppError(cause.code, { cause, message: cause.message });
  }
}
