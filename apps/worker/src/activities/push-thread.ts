import { pushCommit } from "@heddle/agent/git/push";
import { readCommits } from "@heddle/agent/git/read";
import { openStore } from "@heddle/agent/git/store";
import { AppError } from "@heddle/db/errors";
import { completePush, type LoadedJob } from "@heddle/db/jobs";
import type { JobScope } from "@heddle/db/run-scope";
import type { Deps } from "../deps.ts";
import { bringThread } from "./bring-thread.ts";
import { projectSource } from "./fetch-project.ts";

/** Sends the thread's branch, as committed last, to the project's repository. Sent again, it changes nothing. */
export async function pushThread(
  deps: Deps,
  scope: JobScope,
  { thread }: LoadedJob,
  signal: AbortSignal,
): Promise<void> {
  const { headCommit: commit, baseCommit, branch, projectId } = thread;
  if (commit === null || baseCommit === null) throw new AppError("NOTHING_TO_PUSH");
  const remote = await projectSource(deps, projectId);
  if (typeof remote === "string") throw new AppError("NO_REMOTE");
  const store = openStore(deps.homeDir, projectId);
  const [here] = await readCommits(store.threadsDir, [commit]).catch(() => []);
  if (!here) await bringThread(deps, store, { ...thread, baseCommit }, signal);
  await pushCommit(store, remote, { branch, commit, signal });
  await completePush(scope, { remote: remote.url, branch, commit });
}
