import { controlQueue, threadWorkflowId } from "@heddle/agent/contract";
import { startHost } from "@heddle/db/hosts";
import { Context } from "@temporalio/activity";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import { afterEach, beforeEach, expect, test } from "vitest";
import { workerIdentity } from "../src/take-over.ts";
import { openStage, type Stage, script, settled, shell, workflowsPath } from "./harness.ts";

let stage: Stage;
let connection: NativeConnection;

beforeEach(async () => {
  stage = await openStage();
  connection = await NativeConnection.connect({ address: stage.temporalAddress });
});
afterEach(async () => {
  await stage?.close();
  await connection?.close();
});

/** A worker that takes steps and never ends them; stopped, it is as good as dead. */
async function startDyingWorker(identity: string) {
  let taken: () => void = () => undefined;
  const busy = new Promise<void>((resolve) => {
    taken = resolve;
  });
  const claimNext = () => {
    taken();
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat(), 1_000);
    context.cancellationSignal.addEventListener("abort", () => clearInterval(timer));
    return new Promise<never>(() => undefined);
  };
  const worker = await Worker.create({
    connection,
    identity,
    workflowsPath,
    taskQueue: controlQueue,
    activities: { claimNext },
    shutdownGraceTime: 0,
    shutdownForceTime: 500,
  });
  const done = worker.run().catch(() => undefined);
  return { busy, die: () => worker.shutdown(), done };
}

test("a worker takes over at once what the earlier one of its host had begun", { timeout: 180_000 }, async () => {
  const fence = await startHost(stage.db, "stage");
  const dying = await startDyingWorker(workerIdentity(fence));
  const scope = await stage.prompt(script(shell("echo a > a"), "Done."));
  await dying.busy;
  dying.die();
  await stage.startWorker();
  expect((await settled(scope)).status).toBe("idle");
  await dying.done;

  const client = new Client({ connection: await Connection.connect({ address: stage.temporalAddress }) });
  const handle = client.workflow.getHandle(threadWorkflowId(scope.threadId));
  const { events } = await handle.fetchHistory();
  const failures = events?.map((event) => event.activityTaskStartedEventAttributes?.lastFailure).filter(Boolean);
  expect(failures?.map((failure) => failure?.applicationFailureInfo?.type)).toEqual(["WORKER_LOST"]);
  await client.connection.close();
});

test("what a worker of another host has begun is left to it, until it gives no sign of life", {
  timeout: 180_000,
}, async () => {
  const dying = await startDyingWorker(workerIdentity({ hostId: "elsewhere", epoch: 1 }));
  const scope = await stage.prompt(script("Done."));
  await dying.busy;
  await stage.startWorker();
  const client = new Client({ connection: await Connection.connect({ address: stage.temporalAddress }) });
  const handle = client.workflow.getHandle(threadWorkflowId(scope.threadId));
  const { raw } = await handle.describe();
  expect(raw.pendingActivities).toMatchObject([{ attempt: 1, lastWorkerIdentity: "elsewhere/1" }]);
  dying.die();
  await dying.done;
  expect((await settled(scope)).status).toBe("idle");
  const { events } = await handle.fetchHistory();
  const failure = events?.map((event) => event.activityTaskStartedEventAttributes?.lastFailure).find(Boolean);
  expect(failure?.message).toContain("Heartbeat");
  await client.connection.close();
});
