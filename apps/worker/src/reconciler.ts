import {
  controlQueue,
  pokeSignal,
  projectWorkflowId,
  projectWorkflowType,
  threadWorkflowId,
  threadWorkflowType,
} from "@heddle/agent/contract";
import type { Database } from "@heddle/db/database";
import { unfinishedProjects } from "@heddle/db/projects";
import { dueProjects } from "@heddle/db/remotes";
import { unfinishedThreads } from "@heddle/db/run-turn";
import { answeredThreads } from "@heddle/db/setup";
import type { Client } from "@temporalio/client";
import type { Logger } from "pino";

const intervalMs = 10_000;

/**
 * Starts the workflow of everything that Postgres says is unfinished and Temporal does not know: at start and every
 * ten seconds. A crash between row and signal, or a lost Temporal file, heals here.
 * @param tidy is done as often, afterwards
 */
export function startReconciler(
  db: Database,
  client: Client,
  log: Logger,
  tidy: () => Promise<void>,
): { stop(): Promise<void> } {
  let stopped = false;
  let wake: () => void = () => undefined;

  async function start(workflowType: string, workflowId: string, input: object): Promise<void> {
    await client.workflow.start(workflowType, {
      workflowId,
      taskQueue: controlQueue,
      args: [input],
      workflowIdConflictPolicy: "USE_EXISTING",
    });
  }

  async function reconcile(): Promise<void> {
    for (const threadId of await unfinishedThreads(db)) {
      await start(threadWorkflowType, threadWorkflowId(threadId), { threadId });
    }
    // Their workflows run and wait for a poke that was lost.
    for (const threadId of await answeredThreads(db)) {
      await client.workflow.signalWithStart(threadWorkflowType, {
        workflowId: threadWorkflowId(threadId),
        taskQueue: controlQueue,
        args: [{ threadId }],
        signal: pokeSignal,
      });
    }
    for (const projectId of [...(await unfinishedProjects(db)), ...(await dueProjects(db))]) {
      await start(projectWorkflowType, projectWorkflowId(projectId), { projectId });
    }
  }

  const loop = (async () => {
    while (!stopped) {
      await reconcile().catch((err) => log.warn({ err }, "reconciling failed; trying again"));
      await tidy().catch((err) => log.warn({ err }, "tidying up failed; trying again"));
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, intervalMs);
      });
    }
  })();

  return {
    stop() {
      stopped = true;
      wake();
      return loop;
    },
  };
}
