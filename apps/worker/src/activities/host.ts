import type { HostDeps } from "../deps.ts";
import { createFetchProject } from "./fetch-project.ts";
import { guarded } from "./guard.ts";
import { createKeepCheckpoint, createKeepLastCheckpoint } from "./keep-checkpoint.ts";
import { createPrepareWorktree } from "./prepare-worktree.ts";
import { createRunJob } from "./run-job.ts";
import { createRunTool } from "./run-tool.ts";

export type HostActivities = ReturnType<typeof createHostActivities>;

/** Activities that touch the worktrees and stores of this host. */
export function createHostActivities(deps: HostDeps) {
  return guarded(
    {
      prepareWorktree: createPrepareWorktree(deps),
      runTool: createRunTool(deps),
      keepCheckpoint: createKeepCheckpoint(deps),
      keepLastCheckpoint: createKeepLastCheckpoint(deps),
      runJob: createRunJob(deps),
      fetchProject: createFetchProject(deps),
    },
    deps.log,
  );
}
