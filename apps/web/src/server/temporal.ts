import {
  controlQueue,
  pokeSignal,
  projectWorkflowId,
  projectWorkflowType,
  threadWorkflowId,
  threadWorkflowType,
} from "@heddle/agent/contract";
import type { Log } from "@heddle/telemetry/log";
import { Client, Connection } from "@temporalio/client";

export type Workflows = {
  /** Wakes the thread's workflow, or starts it. Returns at once and never fails: a lost poke is healed by the reconciler. */
  pokeThread(threadId: string): void;
  pokeProject(projectId: string): void;
  /** Whether the server answers, within two seconds. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
};

const pokeTimeoutMs = 5_000;
const healthTimeoutMs = 2_000;

/** The only way from the web process to Temporal. Connects on first use. */
export function createWorkflows(options: { address: string; log: Log }): Workflows {
  const connection = Connection.lazy({ address: options.address, connectTimeout: pokeTimeoutMs });
  const client = new Client({ connection });
  const underWay = new Set<Promise<void>>();

  function poke(type: string, workflowId: string, input: Record<string, string>): void {
    const sent = connection
      .withDeadline(Date.now() + pokeTimeoutMs, () =>
        client.workflow.signalWithStart(type, {
          workflowId,
          taskQueue: controlQueue,
          args: [input],
          signal: pokeSignal,
          signalArgs: [],
        }),
      )
      .then(() => undefined)
      .catch((error: unknown) => options.log.warn({ workflowId, err: error }, "poke lost"))
      .finally(() => underWay.delete(sent));
    underWay.add(sent);
  }

  return {
    pokeThread: (threadId) => poke(threadWorkflowType, threadWorkflowId(threadId), { threadId }),
    pokeProject: (projectId) => poke(projectWorkflowType, projectWorkflowId(projectId), { projectId }),
    async healthy() {
      try {
        await connection.withDeadline(Date.now() + healthTimeoutMs, () => connection.workflowService.getSystemInfo({}));
        return true;
      } catch {
        return false;
      }
    },
    async close() {
      await Promise.all(underWay);
      await connection.close();
    },
  };
}
