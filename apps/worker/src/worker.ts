import { controlQueue, hostQueue } from "@heddle/agent/contract";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection, Worker, type WorkerOptions } from "@temporalio/worker";
import { createControlActivities } from "./activities/control.ts";
import { createHostActivities } from "./activities/host.ts";
import { observed } from "./activities/observed.ts";
import { adoptCopiedHome } from "./copied-home.ts";
import type { Deps } from "./deps.ts";
import { startDevServers } from "./dev-servers.ts";
import { keepLease } from "./lease.ts";
import { setAsideLeftBehind } from "./left-behind.ts";
import { removeAllLeftovers } from "./leftovers.ts";
import { startReconciler } from "./reconciler.ts";
import { takeOver, workerIdentity } from "./take-over.ts";
import { createTidying } from "./tidy-deleted-workspaces.ts";

/** What an update or Ctrl-C grants to steps under way before they are cut; they go on after the next start. */
const shutdownGraceMs = 100;

export type WorkerHandle = {
  /** Settles when the workers have stopped; rejects when one broke. */
  done: Promise<void>;
  stop(): void;
};

export type ServeOptions = {
  temporalAddress: string;
  /** The prebuilt bundle, or the folder to bundle from. */
  workflows: Pick<WorkerOptions, "workflowBundle" | "workflowsPath">;
  /** How much is done in worktrees at the same time. */
  stepsAtOnce?: number;
};

/** Serves both task queues: `control` for workflows and model calls, and this host's own for what touches worktrees. */
export async function startWorker(deps: Deps, options: ServeOptions): Promise<WorkerHandle> {
  const lost = new AbortController();
  // Before anything that takes time: without its lease the host would be taken for dead.
  const lease = keepLease(deps.db, deps.fence, deps.log, () => {
    // Commands first: whatever they still do, another host does not know of.
    void deps.sandboxes.closeAll();
    lost.abort(new Error("another worker has taken over"));
  });
  try {
    const worker = await serve(deps, options, lost.signal);
    const done = worker.done.finally(() => lease.stop());
    done.catch(() => undefined);
    return { ...worker, done };
  } catch (error) {
    lease.stop();
    throw error;
  }
}

async function serve(deps: Deps, options: ServeOptions, lost: AbortSignal): Promise<WorkerHandle> {
  await adoptCopiedHome(deps.homeDir);
  await setAsideLeftBehind(deps.db, deps.fence.hostId, deps.homeDir).catch((err) =>
    deps.log.warn({ err }, "worktrees of threads that have moved away could not be set aside"),
  );
  await removeAllLeftovers(deps.db, deps.fence.hostId, deps.homeDir).catch((err) =>
    deps.log.warn({ err }, "what deleted and archived threads have left could not be removed"),
  );
  const connection = await NativeConnection.connect({ address: options.temporalAddress });
  const shared = {
    connection,
    identity: workerIdentity(deps.fence),
    shutdownGraceTime: shutdownGraceMs,
    shutdownForceTime: 4_000,
    maxHeartbeatThrottleInterval: 200,
    defaultHeartbeatThrottleInterval: 200,
  };
  const control = await Worker.create({
    ...shared,
    ...options.workflows,
    taskQueue: controlQueue,
    activities: observed(createControlActivities(deps), deps.db),
    maxConcurrentActivityTaskExecutions: 400,
  });
  const devServers = startDevServers(deps);
  const host = await Worker.create({
    ...shared,
    taskQueue: hostQueue(deps.fence.hostId),
    activities: observed(createHostActivities({ ...deps, devServers }), deps.db),
    maxConcurrentActivityTaskExecutions: options.stepsAtOnce ?? 200,
  });
  const clientConnection = await Connection.connect({ address: options.temporalAddress });
  const client = new Client({ connection: clientConnection });
  const reconciler = startReconciler(deps.db, client, deps.log, createTidying({ ...deps, devServers }));

  function stop(): void {
    void devServers.close();
    for (const worker of [control, host]) if (worker.getState() === "RUNNING") worker.shutdown();
  }
  lost.addEventListener("abort", stop, { once: true });

  async function run(): Promise<void> {
    try {
      lost.throwIfAborted();
      await Promise.all([control.run(), host.run()]);
    } finally {
      await devServers.close();
      await reconciler.stop();
      await clientConnection.close();
      await connection.close();
    }
  }
  const done = run();
  done.catch(() => undefined);
  await takeOver(deps.db, client, deps.fence).catch((err) =>
    deps.log.warn({ err }, "what the last worker had begun goes on when its time is up"),
  );
  return { done, stop };
}
