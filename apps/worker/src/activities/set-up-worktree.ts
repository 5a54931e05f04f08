import { includeFile, includeFiles } from "@heddle/agent/environment/included-files";
import { includedNotice } from "@heddle/agent/environment/included-notice";
import { runSetupScript, type SetupResult } from "@heddle/agent/environment/setup-script";
import { readTextFile } from "@heddle/agent/git/read-file";
import { worktreeName } from "@heddle/agent/git/worktree-state";
import { AppError } from "@heddle/db/errors";

import type { TurnScope } from "@heddle/db/run-scope";
import { claimSetup, completeSetup, isIncluded, noteIncluded, type SetupLog } from "@heddle/db/run-setup";
import { type loadTurn, noteFailure } from "@heddle/db/run-turn";
import type { Deps } from "../deps.ts";
import { createOutputRecorder } from "./output-recorder.ts";
import { persist } from "./persist.ts";
import type { Prepared } from "./prepare-worktree.ts";
import type { Stop } from "./turn-step.ts";
import type { OpenWorktree } from "./worktree.ts";

const mostLostRuns = 3;

type Loaded = Pick<Awaited<ReturnType<typeof loadTurn>>, "thread" | "project">;

/**
 * Brings into a worktree, once, what git does not: the ignored files that the project chooses, then whatever its setup
 * script makes, as soon as somebody has agreed to that.
 * @throws SETUP_FAILED, INTERRUPTED
 */
export async function setUpWorktree(
  deps: Deps,
  scope: TurnScope,
  loaded: Loaded,
  worktree: OpenWorktree,
  stop: Stop,
): Promise<Prepared> {
  stop.signal.throwIfAborted();
  const name = await worktreeName(worktree.store, scope.threadId);
  if (loaded.thread.setupFor !== name) await include(deps, scope, loaded, worktree, name, stop.signal);
  const claim = await claimSetup(scope, name);
  if (claim.state !== "run") return claim.state;
  const { itemId, run, script, data } = claim;
  const recorder = createOutputRecorder(deps.db, scope, itemId, data);
  const result = await runSetupScript(worktree.sandbox, script, { signal: stop.signal, onOutput: recorder.push });
  await recorder.end();
  const cut = result.outcome === "interrupted" ? !stop.interrupt.aborted : isCutByOthers(result, run);
  // The item stays open: the next attempt, here or of the next worker, closes it and runs the script again.
  if (cut) throw new AppError("UNAVAILABLE");
  const outcome = result.outcome === "lost" ? "failed" : result.outcome;
  await persist(() => completeSetup(scope, { itemId, worktree: name, outcome, data: logOf(data, result) }));
  stop.interrupt.throwIfAborted();
  if (outcome === "failed") await fail(scope, result);
  return "ready";
}

/** A script under which the sandbox ends time and again may itself be what ends it. */
function isCutByOthers({ outcome }: SetupResult, run: number): boolean {
  return outcome === "lost" && run < mostLostRuns;
}

function logOf(data: SetupLog, result: SetupResult): SetupLog {
  const { exitCode, output, outputBytes, durationMs, problem } = result;
  const note = problem === null || exitCode !== null ? {} : { note: problem };
  return { ...data, exitCode, output, outputBytes, durationMs, ...note };
}

/** The log's end is for the people of the thread: it goes to the row, and not with the error into the worker's log. */
async function fail(scope: TurnScope, { problem, lastLines }: SetupResult): Promise<never> {
  const message = lastLines === "" ? `${problem} It printed nothing.` : `${problem} Its last lines:\n${lastLines}`;
  await persist(() => noteFailure(scope, { code: "SETUP_FAILED", message }));
  throw new AppError("SETUP_FAILED");
}

/** Files that cannot be copied are no obstacle: the thread says so and goes on. */
async function include(
  deps: Deps,
  scope: TurnScope,
  { thread, project }: Loaded,
  { sandbox, store, baseCommit }: OpenWorktree,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const chosen = await readTextFile(store.upstreamDir, baseCommit, includeFile);
  // What git ignores exists in a folder only, not at a URL.
  const { sourcePath } = project;
  if (sourcePath === null || !chosen?.trim() || (await isIncluded(scope, name))) return;
  try {
    const patterns = await patternsOf(chosen, store);
    const options = { homeDir: deps.homeDir, sourcePath, patterns, signal };
    const notice = includedNotice(await includeFiles(sandbox, options));
    if (notice !== null) await noteIncluded(scope, name, notice);
  } catch (error) {
    if (signal.aborted) throw error;
    deps.log.warn({ err: error, threadId: thread.id }, "ignored files could not be copied");
    await noteIncluded(
      scope,
      name,
      `The files that ${includeFile} chooses could not be copied from the project's folder.`,
    );
  }
}

/**
 * A thread may start from any branch, and whoever can push one could choose every ignored file of the project's folder
 * for the agent to read. So a file must be chosen by the default branch, too.
 */
async function patternsOf(chosen: string, store: OpenWorktree["store"]): Promise<string[]> {
  const branch = await store.defaultBranch();
  const commit = branch === null ? null : await store.resolve(branch);
  const agreed = commit === null ? null : await readTextFile(store.upstreamDir, commit, includeFile);
  return agreed === chosen ? [chosen] : [chosen, agreed ?? ""];
}
