import { join } from "node:path";
import { GitError } from "@heddle/agent/git/errors";
import { diff } from "@heddle/agent/git/read";
import { AppError } from "@heddle/db/errors";
import type { ThreadScope } from "@heddle/db/scope";
import { diffRange } from "@heddle/db/turns";
import type { ThreadDiff } from "./diff.schema.ts";

/** What the thread, or one of its turns, changed; nothing before its worktree exists. @throws NOT_FOUND for a foreign turn, TIMEOUT, GIT_FAILED */
export async function threadDiff(scope: ThreadScope, homeDir: string, turnId: string | undefined): Promise<ThreadDiff> {
  const range = await diffRange(scope, turnId);
  if (!range || range.from === range.to) return { files: [] };
  const threadsDir = join(homeDir, "repos", range.projectId, "threads.git");
  try {
    return { files: await diff(threadsDir, range.from, range.to) };
  } catch (cause) {
    const late = cause instanceof GitError && cause.code === "TIMED_OUT";
    throw new AppError(late ? "TIMEOUT" : "GIT_FAILED", { cause });
  }
}
