import fs from "node:fs";
import { join } from "node:path";
import git from "isomorphic-git";

const remote = "origin";

/** The source's branches with their commits, by name, as a worker last fetched them; none before the first fetch. */
export async function readBranches(homeDir: string, projectId: string): Promise<{ name: string; commit: string }[]> {
  const gitdir = join(homeDir, "repos", projectId, "upstream.git");
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
