import { openStore } from "@heddle/agent/git/store";
import type { AppError } from "@heddle/db/errors";
import { loadProject, recordFetch } from "@heddle/db/projects";
import type { Deps } from "../deps.ts";
import { asAppError } from "./git-errors.ts";
import { heartbeating } from "./heartbeat.ts";

/** Clones a project or fetches what is new upstream; a failure for good is written to the project. */
export function createFetchProject(deps: Deps) {
  return ({ projectId }: { projectId: string }): Promise<void> =>
    heartbeating(async (signal) => {
      await refreshStore(deps, await loadProject(deps.db, projectId), signal);
    });
}

/**
 * Fetches what is new upstream and writes down how that went.
 * @returns why it could not be fetched, or null
 * @throws UNAVAILABLE when `signal` cut it: that says nothing about the source
 */
export async function refreshStore(
  deps: Deps,
  project: { id: string; sourcePath: string },
  signal: AbortSignal,
): Promise<AppError | null> {
  const store = openStore(deps.homeDir, project.id);
  const fetched = await store.fetch(project.sourcePath, { signal }).catch(asAppError);
  if (!(fetched instanceof Error)) {
    await recordFetch(deps.db, project.id, { ok: true, defaultBranch: fetched.defaultBranch });
    return null;
  }
  if (signal.aborted) throw fetched;
  if (fetched.code === "INTERNAL") deps.log.error({ err: fetched, projectId: project.id }, "a fetch failed");
  await recordFetch(deps.db, project.id, { ok: false, code: fetched.code, reason: fetched.message });
  return fetched;
}
