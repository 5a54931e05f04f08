import { openStore } from "@heddle/agent/git/store";
import { loadProject, recordFetch } from "@heddle/db/projects";
import type { Deps } from "../deps.ts";
import { asAppError } from "./git-errors.ts";
import { heartbeating } from "./heartbeat.ts";

/** Clones a project or fetches what is new upstream; a failure for good is written to the project. */
export function createFetchProject(deps: Deps) {
  return ({ projectId }: { projectId: string }): Promise<void> =>
    heartbeating(async (signal) => {
      const project = await loadProject(deps.db, projectId);
      try {
        const { defaultBranch } = await openStore(deps.homeDir, projectId).fetch(project.sourcePath, { signal });
        await recordFetch(deps.db, projectId, { ok: true, defaultBranch });
      } catch (thrown) {
        const error = asAppError(thrown);
        if (error.code === "INTERNAL") throw error;
        await recordFetch(deps.db, projectId, { ok: false, code: error.code, reason: error.message });
      }
    });
}
