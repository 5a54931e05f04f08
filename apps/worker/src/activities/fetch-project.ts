import { changesSince, upstreamState } from "@heddle/agent/git/changes";
import type { FetchProgress } from "@heddle/agent/git/remote/progress";
import type { Remote } from "@heddle/agent/git/remote/remote";
import { HostKeyError } from "@heddle/agent/git/remote/ssh-keys";
import { openStore } from "@heddle/agent/git/store";
import { AppError } from "@heddle/db/errors";
import { recordFetch } from "@heddle/db/projects";
import { isFetchCancelled, loadSource, noteProgress } from "@heddle/db/remotes";
import type { Deps } from "../deps.ts";
import { asAppError } from "./git-errors.ts";
import { heartbeating } from "./heartbeat.ts";

/** Progress is written, and a wish to cancel looked for, this often. */
const lookEveryMs = 500;

/** Clones a project or fetches what is new upstream; a failure for good is written to the project. */
export function createFetchProject(deps: Deps) {
  return ({ projectId }: { projectId: string }): Promise<void> =>
    heartbeating(async (signal) => {
      await refreshStore(deps, projectId, signal);
    });
}

/**
 * Fetches what is new upstream and writes down how that went.
 * @returns why it could not be fetched, or null
 * @throws UNAVAILABLE when `signal` cut it: that says nothing about the source
 */
export async function refreshStore(deps: Deps, projectId: string, signal: AbortSignal): Promise<AppError | null> {
  const store = openStore(deps.homeDir, projectId);
  const before = await upstreamState(store).catch(() => null);
  let url: string | undefined;
  try {
    const source = await projectSource(deps, projectId);
    url = typeof source === "string" ? undefined : source.url;
    const { defaultBranch } = await watched(deps, projectId, signal, (options) => store.fetch(source, options));
    const changes = await changesSince(store, before);
    await recordFetch(deps.db, projectId, { ok: true, defaultBranch, changes }, url);
    return null;
  } catch (thrown) {
    const error = asAppError(thrown);
    if (signal.aborted) throw error;
    if (error.code === "INTERNAL") deps.log.error({ err: error, projectId }, "a fetch failed");
    const offeredHostKey = thrown instanceof HostKeyError ? thrown.offered : undefined;
    const result = { ok: false, code: error.code, reason: error.message, offeredHostKey } as const;
    await recordFetch(deps.db, projectId, result, url);
    return error;
  }
}

/** Where git finds a project's repository: a folder, or a remote with its credential. */
export async function projectSource({ db, secrets, remotes }: Deps, projectId: string): Promise<string | Remote> {
  const source = await loadSource(db, secrets, projectId);
  return typeof source === "string" ? source : { ...source, ...remotes };
}

type Watch = { signal: AbortSignal; onProgress: (progress: FetchProgress) => void };

/** Runs a fetch while its progress is written to the project's row and somebody may give it up. @throws FETCH_CANCELLED */
async function watched<T>(
  { db, log }: Deps,
  projectId: string,
  signal: AbortSignal,
  fetch: (watch: Watch) => Promise<T>,
): Promise<T> {
  const cancel = new AbortController();
  let latest: FetchProgress | null = null;
  let looking: Promise<void> | null = null;
  const look = async () => {
    const progress = latest;
    latest = null;
    if (progress) await noteProgress(db, projectId, progress);
    if (await isFetchCancelled(db, projectId)) cancel.abort();
  };
  const timer = setInterval(() => {
    looking ??= look()
      .catch((err: unknown) => log.warn({ err, projectId }, "the progress of a fetch could not be written"))
      .finally(() => {
        looking = null;
      });
  }, lookEveryMs);
  const onProgress = (progress: FetchProgress) => {
    latest = progress;
  };
  try {
    return await fetch({ signal: AbortSignal.any([signal, cancel.signal]), onProgress });
  } catch (error) {
    throw cancel.signal.aborted && !signal.aborted ? new AppError("FETCH_CANCELLED", { cause: error }) : error;
  } finally {
    clearInterval(timer);
    // Nothing of it may come after what is written of the end.
    await looking;
  }
}
