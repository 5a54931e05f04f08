import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "@heddle/agent/git/archive-files";
import { deletedAmong, missingProjects } from "@heddle/db/archive";
import { emptyDeletedWorkspaces } from "@heddle/db/empty-workspaces";
import type { HostDeps } from "./deps.ts";
import { removeLeftovers } from "./leftovers.ts";

type Tidying = Pick<HostDeps, "db" | "homeDir" | "log" | "sandboxes" | "devServers">;

/** @returns what removes, with each call, some rows of deleted workspaces and what this host has of their projects */
export function createTidying(deps: Tidying): () => Promise<void> {
  // Stores of another database, or of an older copy of this one: no row will ever say more about them.
  const strange = new Set<string>();
  return async () => {
    await emptyDeletedWorkspaces(deps.db);
    const names = await namesIn(join(deps.homeDir, "repos"));
    const { deleted, unknown } = await missingProjects(
      deps.db,
      names.filter((name) => !strange.has(name)),
    );
    for (const id of unknown) strange.add(id);
    if (deleted.length > 0) await removeProjects(deps, deleted);
  };
}

/** The stores go last: by them a cut removal is found again. */
async function removeProjects(deps: Tidying, gone: string[]): Promise<void> {
  const { db, homeDir, log } = deps;
  const kept = ["worktrees", "archives", "left-behind"].map((folder) => namesIn(join(homeDir, folder)));
  const ids = (await Promise.all(kept)).flat().map((name) => name.split(".")[0] ?? "");
  const threads = await deletedAmong(db, [...new Set(ids)]);
  for (const thread of threads.filter(({ projectId }) => gone.includes(projectId))) {
    await deps.devServers.stop(thread.id);
    await deps.sandboxes.close(thread.id);
    await removeLeftovers(homeDir, thread);
  }
  for (const projectId of gone) await removeTree(join(homeDir, "repos", projectId));
  log.info({ projects: gone.length }, "what this host had of deleted projects is gone");
}

const namesIn = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);
