import { join } from "node:path";
import { diff } from "@heddle/agent/git/read";
import type { ThreadScope } from "@heddle/db/scope";
import { diffRange } from "@heddle/db/turns";
import type { ThreadDiff } from "./diff.schema.ts";

/** What the thread, or one of its turns, changed; nothing before its worktree exists. @throws NOT_FOUND for a foreign turn */
export async function threadDiff(scope: ThreadScope, homeDir: string, turnId: string | undefined): Promise<ThreadDiff> {
  const range = await diffRange(scope, turnId);
  if (!range || range.from === range.to) return { files: [] };
  const threadsDir = join(homeDir, "repos", range.projectId, "threads.git");
  return { files: await diff(threadsDir, range.from, range.to) };
}
