import { checkpoint } from "@heddle/agent/git/checkpoint";
import { commitThread } from "@heddle/agent/git/commit";
import { diff } from "@heddle/agent/git/read";
import { ModelError } from "@heddle/agent/models/port";
import { cleanCommitMessage, commitMessageMessages } from "@heddle/agent/prompts/commit-message";
import { preparePack } from "@heddle/db/checkpoint-packs";
import { AppError } from "@heddle/db/errors";
import { loadPrompts } from "@heddle/db/history";
import { completeCommit, completeMessage, fixCommitMessage, loadJob } from "@heddle/db/jobs";
import { type JobScope, jobScope } from "@heddle/db/run-scope";
import type { Deps } from "../deps.ts";
import { askAside } from "./ask-aside.ts";
import { asAppError } from "./git-errors.ts";
import { heartbeating } from "./heartbeat.ts";
import { type OpenWorktree, openWorktree } from "./worktree.ts";

type Loaded = NonNullable<Awaited<ReturnType<typeof loadJob>>>;

/** Commits a thread's worktree to its branch, or writes a message for such a commit. Safe to repeat. */
export function createRunJob(deps: Deps) {
  return ({ jobId }: { jobId: string }): Promise<void> =>
    heartbeating(async (signal) => {
      const scope = await jobScope(deps.db, jobId, deps.fence);
      const loaded = await loadJob(scope);
      if (!loaded) return;
      if (loaded.thread.baseCommit === null) throw new AppError("NOTHING_TO_COMMIT");
      try {
        const worktree = await openWorktree(deps, loaded.thread);
        const message = loaded.job.message ?? (await suggest(deps, scope, loaded, worktree, signal));
        if (loaded.job.kind === "commitMessage") await completeMessage(scope, message);
        else await commit(scope, loaded, worktree, message);
      } catch (error) {
        throw asAppError(error);
      }
    });
}

async function commit(
  scope: JobScope,
  { job, thread, user }: Loaded,
  worktree: OpenWorktree,
  message: string,
): Promise<void> {
  if (job.message === null) await fixCommitMessage(scope, message);
  const made = await commitThread(worktree.sandbox, worktree.store, {
    threadId: thread.id,
    branch: thread.branch,
    parent: thread.headCommit ?? worktree.baseCommit,
    checkpoint: thread.lastCheckpoint ?? undefined,
    message: `${message}\n\nHeddle-Thread: ${thread.id}\nHeddle-Model: ${thread.model}`,
    author: { name: user.name, email: user.email ?? `${user.id}@bots.heddle.invalid` },
    committedAt: job.createdAt,
  });
  try {
    const pack = await preparePack(scope, made.pack);
    await completeCommit(scope, { commit: made.commit, branch: thread.branch }, pack);
  } finally {
    await made.pack.close();
  }
}

/** The model's message for what a commit would hold; a plain one when the model does not answer. */
async function suggest(
  deps: Deps,
  scope: JobScope,
  { thread }: Loaded,
  { sandbox, store, baseCommit }: OpenWorktree,
  signal: AbortSignal,
): Promise<string> {
  const parent = thread.lastCheckpoint ?? baseCommit;
  const kept = await checkpoint(sandbox, store, { threadId: thread.id, parent, message: "Before a commit" });
  if (kept.changed) await kept.pack.close();
  const files = await diff(store.threadsDir, thread.headCommit ?? baseCommit, kept.commit);
  if (files.length === 0) throw new AppError("NOTHING_TO_COMMIT");
  const diffStat = files.map((file) => `${file.path} | +${file.additions} -${file.deletions}`).join("\n");
  const messages = commitMessageMessages({
    diffStat,
    patch: files.map((file) => file.patch).join("\n"),
    prompts: await loadPrompts(scope),
  });
  try {
    const question = { purpose: "commitMessage", model: thread.model, messages };
    return cleanCommitMessage(await askAside(deps, scope, question, signal)) ?? thread.title;
  } catch (error) {
    if (error instanceof ModelError || error instanceof AppError) return thread.title;
    throw error;
  }
}
