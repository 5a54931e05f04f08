import fs from "node:fs";
import { join } from "node:path";
import type { ProjectView } from "@heddle/db/projects.schema";
import git from "isomorphic-git";
import type { SourceRuntime } from "../../server/project-source.ts";
import { bringUpstream } from "../../server/thread-store.ts";

const remote = "origin";

/** The source's branches with their commits, by name, as a worker last fetched them; none before the first fetch. */
export async function readBranches(
  runtime: SourceRuntime,
  project: ProjectView,
): Promise<{ name: string; commit: string }[]> {
  await bringUpstream(runtime, project);
  const gitdir = join(runtime.env.HEDDLE_HOME, "repos", project.id, "upstream.git");
  if (!fs.existsSync(gitdir)) return [];
  const names = await git.listBranches({ fs, gitdir, remote });
  const branches = names
    .filter((name) => name !== "HEAD")
    .sort()
    .map(async (name) => ({
      name,
      commit: await git.resolveRef({ fs, gitdir, ref: `refs/remotes/${remote}/${name}` }),
    }));
  return Promise.all(branches);
}
