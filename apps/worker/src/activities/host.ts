import { inOrder } from "@heddle/agent/git/lock";
import type { HostDeps } from "../deps.ts";
import { createFetchProject } from "./fetch-project.ts";
import { guarded } from "./guard.ts";
import { heartbeating } from "./heartbeat.ts";
import { createKeepCheckpoint, createKeepLastCheckpoint } from "./keep-checkpoint.ts";
import { createPrepareWorktree } from "./prepare-worktree.ts";
import { createRunJob } from "./run-job.ts";
import { createRunTool } from "./run-tool.ts";

export type HostActivities = ReturnType<typeof createHostActivities>;

/** Activities that touch the worktrees and stores of this host. */
export function createHostActivities(deps: HostDeps) {
  return guarded(
    {
      prepareWorktree: oneByOne(createPrepareWorktree(deps)),
      runTool: oneByOne(createRunTool(deps)),
      keepCheckpoint: oneByOne(createKeepCheckpoint(deps)),
      keepLastCheckpoint: oneByOne(createKeepLastCheckpoint(deps)),
      runJob: oneByOne(createRunJob(deps)),
      fetchProject: createFetchProject(deps),
    },
    deps.log,
  );
}

type Work = { turnId: string } | { jobId: string };

/**
 * What is done to the files for a turn or a job, one step after the other: an attempt that Temporal has given up on may
 * still be on its way to its end, and nothing of it may come after what follows.
 */
function oneByOne<Input extends Work, Output>(step: (input: Input) => Promise<Output>) {
  return (input: Input): Promise<Output> =>
    heartbeating((signal) =>
      inOrder(`files:${"turnId" in input ? input.turnId : input.jobId}`, () => {
        signal.throwIfAborted();
        return step(input);
      }),
    );
}
