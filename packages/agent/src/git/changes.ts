import { defaultBranchOf, listBranches } from "./read.ts";
import { runGit } from "./run.ts";
import type { ProjectStore } from "./store.ts";

/** What people should know of after a fetch. Threads go on: the store keeps what they started from. */
export type UpstreamChanges = {
  /** Branches that no longer hold what they held: their history was rewritten. */
  rewritten: string[];
  deleted: string[];
  /** The default branch, where it is another one now. */
  defaultBranch: { from: string; to: string } | null;
};

export type UpstreamState = { branches: ReadonlyMap<string, string>; defaultBranch: string | null };

/** Names are told for this many branches of each kind at most. */
const mostNames = 20;

/** The branches as they are now; null before the first fetch. */
export async function upstreamState(store: ProjectStore): Promise<UpstreamState | null> {
  if (!store.isFetched()) return null;
  const branches = await listBranches(store.upstreamDir);
  return {
    branches: new Map(branches.map(({ name, commit }) => [name, commit])),
    defaultBranch: await defaultBranchOf(store.upstreamDir),
  };
}

/** What has changed that is more than new commits; null for nothing. */
export async function changesSince(store: ProjectStore, before: UpstreamState | null): Promise<UpstreamChanges | null> {
  const now = before && (await upstreamState(store));
  if (!before || !now) return null;
  const rewritten: string[] = [];
  const deleted: string[] = [];
  for (const [name, commit] of before.branches) {
    const tip = now.branches.get(name);
    if (tip === undefined) deleted.push(name);
    else if (tip !== commit && rewritten.length < mostNames && !(await holds(store, tip, commit))) rewritten.push(name);
  }
  const [from, to] = [before.defaultBranch, now.defaultBranch];
  const defaultBranch = from !== null && to !== null && from !== to ? { from, to } : null;
  if (rewritten.length === 0 && deleted.length === 0 && defaultBranch === null) return null;
  return { rewritten, deleted: deleted.slice(0, mostNames), defaultBranch };
}

async function holds(store: ProjectStore, tip: string, commit: string): Promise<boolean> {
  const args = ["merge-base", "--is-ancestor", commit, tip];
  return (await runGit(store.upstreamDir, args, { okCodes: [0, 1] })).exitCode === 0;
}
