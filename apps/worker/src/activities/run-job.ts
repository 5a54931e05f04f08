import { commitThread } from "@heddle/agent/git/commit";
import { diff } from "@heddle/agent/git/read";
import { ModelError } from "@heddle/agent/models/port";
import { cleanCommitMessage, commitMessageMessages } from "@heddle/agent/prompts/commit-message";
import { preparePack } from "@heddle/db/checkpoint-packs";
import { AppError } from "@heddle/db/errors";
import { loadPrompts } from "@heddle/db/history";
import {
  completeCommit,
  completeJob,
  fixCommitMessage,
  jobExists,
  type LoadedJob,
  loadJob,
  noteJobFailure,
} from "@heddle/db/jobs";
import { type JobScope, jobScope } from "@heddle/db/run-scope";
import type { Deps, HostDeps } from "../deps.ts";
import { archiveThread } from "./archive-thread.ts";
import { askAside } from "./ask-aside.ts";
import { asAppError } from "./git-errors.ts";
import { heartbeating } from "./heartbeat.ts";
import { keepFiles } from "./keep-checkpoint.ts";
import { pushThread } from "./push-thread.ts";
import { removeThread } from "./remove-thread.ts";
import { restoreThread } from "./restore-thread.ts";
import { type OpenWorktree, openWorktree } from "./worktree.ts";

/** Does what a person has asked for outside a turn. Safe to repeat. */
export function createRunJob(deps: HostDeps) {
  return ({ jobId }: { jobId: string }): Promise<void> =>
    heartbeating(async (signal) => {
      // A job goes with its thread: an earlier attempt has deleted it.
      if (!(await jobExists(deps.db, jobId))) return;
      const scope = await jobScope(deps.db, jobId, deps.fence);
      const loaded = await loadJob(scope);
      if (!loaded) return;
      try {
        await run(deps, scope, loaded, signal);
      } catch (thrown) {
        const error = asAppError(thrown);
        if (error.code !== "INTERNAL" && !signal.aborted) await noteJobFailure(scope, error);
        throw error;
      }
    });
}

async function run(deps: HostDeps, scope: JobScope, loaded: LoadedJob, signal: AbortSignal): Promise<void> {
  switch (loaded.job.kind) {
    case "commit":
    case "commitMessage":
      return makeCommit(deps, scope, loaded, signal);
    case "push":
      return pushThread(deps, scope, loaded, signal);
    case "archive":
      return archiveThread(deps, scope, loaded, signal);
    case "restore":
      return restoreThread(deps, scope, loaded, signal);
    case "remove":
      return removeThread(deps, scope, loaded);
  }
}

async function makeCommit(deps: Deps, scope: JobScope, loaded: LoadedJob, signal: AbortSignal): Promise<void> {
  if (loaded.thread.baseCommit === null) throw new AppError("NOTHING_TO_COMMIT");
  const worktree = await openWorktree(deps, loaded.thread);
  const { baseCommit } = worktree;
  // A commit that held more than the last checkpoint would be undone by the files of the thread's next host.
  const kept = await keepFiles(scope, { ...loaded.thread, baseCommit }, worktree, `Before job ${loaded.job.id}`);
  const message = loaded.job.message ?? (await suggest(deps, scope, loaded, { ...worktree, kept }, signal));
  if (loaded.job.kind === "commitMessage") await completeJob(scope, { message });
  else await commit(scope, loaded, { ...worktree, kept }, message);
}

/** `kept`: the checkpoint that holds all that is there. */
type KeptWorktree = OpenWorktree & { kept: string };

async function commit(
  scope: JobScope,
  { job, thread, user }: LoadedJob,
  worktree: KeptWorktree,
  message: string,
): Promise<void> {
  if (job.message === null) await fixCommitMessage(scope, message);
  const made = await commitThread(worktree.sandbox, worktree.store, {
    threadId: thread.id,
    branch: thread.branch,
    parent: thread.headCommit ?? worktree.baseCommit,
    checkpoint: worktree.kept,
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
  { thread }: LoadedJob,
  { store, baseCommit, kept }: KeptWorktree,
  signal: AbortSignal,
): Promise<string> {
  const files = await diff(store.threadsDir, thread.headCommit ?? baseCommit, kept);
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
