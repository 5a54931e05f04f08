import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { branchesHere, rebuildThread, upstreamHas } from "@heddle/agent/git/rebuild";
import { openStore } from "@heddle/agent/git/store";
import { listPacks } from "@heddle/db/checkpoint-packs";
import type { ProjectView } from "@heddle/db/projects.schema";
import type { ProjectScope } from "@heddle/db/scope";
import { committedThreads, type ThreadOrigin } from "@heddle/db/thread-origins";
import { projectSource, type SourceRuntime } from "./project-source.ts";

/** How much older than the row's time a copy of the source may be: the row is written a moment after the fetch. */
const lateMs = 30_000;

/**
 * Brings what a thread has made into this process's own home: upstream from the project's source, the rest from the
 * packs that its host has kept in the database. Costs next to nothing when all is there.
 * @throws GitError when the source cannot be read here, or has lost what the thread builds on
 */
export async function bringThread(runtime: SourceRuntime, thread: ThreadOrigin): Promise<void> {
  const store = openStore(runtime.env.HEDDLE_HOME, thread.projectId);
  if (thread.baseCommit !== null && !(await upstreamHas(store, thread.baseCommit))) {
    await store.fetch(await projectSource(runtime, thread.projectId));
  }
  await rebuildThread(store, thread.id, await listPacks({ db: runtime.db, threadId: thread.id }));
}

/** … what all threads have committed that live on other hosts and that the caller may see. What cannot be had is left out. */
export async function bringCommitted(scope: ProjectScope, runtime: SourceRuntime): Promise<void> {
  const homeDir = runtime.env.HEDDLE_HOME;
  const ownHost = await readFile(join(homeDir, "host-id"), "utf8").catch(() => "");
  const threads = (await committedThreads(scope)).filter(({ hostId }) => hostId !== ownHost.trim());
  if (threads.length === 0) return;
  const here = await branchesHere(openStore(homeDir, scope.projectId));
  for (const thread of threads) {
    if (here.get(thread.branch) === thread.headCommit) continue;
    await bringThread(runtime, thread).catch((err: unknown) =>
      runtime.log.warn({ err, threadId: thread.id }, "a thread of another host could not be brought here"),
    );
  }
}

/** Brings the project's branches into this process's own home, when another host has fetched them since. */
export async function bringUpstream(runtime: SourceRuntime, project: ProjectView): Promise<void> {
  const store = openStore(runtime.env.HEDDLE_HOME, project.id);
  const here = await stat(join(store.upstreamDir, "refs/remotes/origin/HEAD")).catch(() => null);
  const fetchedAt = project.fetchedAt?.getTime() ?? 0;
  if (fetchedAt === 0 || (here && here.mtimeMs > fetchedAt - lateMs)) return;
  // What was here before will do, should the source be out of reach.
  await projectSource(runtime, project.id)
    .then((source) => store.fetch(source))
    .catch(() => undefined);
}
