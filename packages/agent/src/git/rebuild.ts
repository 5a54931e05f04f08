import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { GitError } from "./errors.ts";
import { withRepositoryLock } from "./lock.ts";
import { commitOf } from "./read.ts";
import { receivePack } from "./receive.ts";
import { runGit } from "./run.ts";
import type { ProjectStore } from "./store.ts";
import { moveRef } from "./write.ts";

/** A pack of a thread as it is kept for all hosts, see outgoing.ts. */
export type KeptPack = { commit: string; ref: string; pieces(): AsyncIterable<Uint8Array> };

/**
 * Brings a thread into the store of threads of this host: its packs, as far as they are missing here, checked as
 * strictly as if they came from a sandbox; then its refs. Upstream must have been fetched.
 * @param packs all that the thread has, in the order in which they were made
 * @throws GitError `REF_NOT_FOUND` when upstream here lacks what they build on
 */
export async function rebuildThread(
  store: ProjectStore,
  threadId: string,
  packs: readonly KeptPack[],
  signal?: AbortSignal,
): Promise<void> {
  const wanted = new Map(packs.map(({ ref, commit }) => [ref, commit]));
  if (isThere(await refsOf(store, wanted.keys()), wanted)) return;
  const incoming = join(store.threadsDir, "incoming");
  mkdirSync(incoming, { recursive: true });
  // The web process and the worker of one host may do the same.
  await withRepositoryLock(incoming, async () => {
    const here = await refsOf(store, wanted.keys());
    const newest = new Map<string, string>();
    for (const [index, pack] of packs.entries()) {
      const have = [`${pack.commit}^@`, ...[...newest.values()].map((commit) => `${commit}^{tree}`)];
      newest.set(pack.ref, pack.commit);
      if (!isReached(packs, index, here.get(pack.ref))) await takeIn(store, threadId, pack, have, signal);
    }
    for (const [ref, commit] of wanted) await moveRef(store, ref, commit, here.get(ref) ?? null);
  });
}

/** Whether the store has a commit that is upstream's. */
export async function upstreamHas(store: ProjectStore, commit: string): Promise<boolean> {
  return (await commitOf(store.upstreamDir, commit).catch(() => null)) !== null;
}

/** The commits of the threads' branches in this store, by name; none before the project's first fetch. */
export async function branchesHere(store: ProjectStore): Promise<Map<string, string>> {
  const refs = await refsOf(store, ["refs/heads/"]).catch(() => new Map<string, string>());
  return new Map([...refs].map(([ref, commit]) => [ref.slice("refs/heads/".length), commit]));
}

async function takeIn(
  store: ProjectStore,
  threadId: string,
  pack: KeptPack,
  have: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const incoming = receivePack(store, `rebuild-${threadId}`, Number.POSITIVE_INFINITY);
  try {
    for await (const piece of pack.pieces()) incoming.write(Buffer.from(piece));
    await incoming.accept(pack.commit, have, signal);
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== "SNAPSHOT_REFUSED") throw error;
    const message = "The project's source no longer has some of what the thread builds on.";
    throw new GitError("REF_NOT_FOUND", message, error.detail);
  } finally {
    await incoming.close();
  }
}

/** A ref is moved once everything up to its commit is there. */
function isReached(packs: readonly KeptPack[], index: number, here: string | undefined): boolean {
  const { ref } = packs[index] as KeptPack;
  return packs.slice(index).some((pack) => pack.ref === ref && pack.commit === here);
}

function isThere(here: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): boolean {
  return [...wanted].every(([ref, commit]) => here.get(ref) === commit);
}

async function refsOf(store: ProjectStore, refs: Iterable<string>): Promise<Map<string, string>> {
  const patterns = [...refs];
  if (patterns.length === 0) return new Map();
  const { stdout } = await runGit(store.threadsDir, ["for-each-ref", "--format=%(refname) %(objectname)", ...patterns]);
  const lines = stdout.toString().split("\n").filter(Boolean);
  return new Map(lines.map((line) => line.split(" ") as [string, string]));
}
