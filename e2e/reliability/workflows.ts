import { readFile } from "node:fs/promises";
import { threadWorkflowId } from "@heddle/agent/contract";
import { Client, Connection } from "@temporalio/client";
import type { Stage } from "./stage.ts";

/** The run of the thread's workflow that is the newest now. */
export async function currentRun(stage: Stage, threadId: string): Promise<string> {
  return withTemporal(stage, async (client) => {
    const { runId } = await client.workflow.getHandle(threadWorkflowId(threadId)).describe();
    return runId;
  });
}

/** Workflows that ended as none should: `id: status`. */
export async function brokenWorkflows(stage: Stage): Promise<string[]> {
  return withTemporal(stage, async (client) => {
    const broken: string[] = [];
    for await (const { workflowId, status } of client.workflow.list()) {
      if (!["RUNNING", "COMPLETED", "CONTINUED_AS_NEW"].includes(status.name))
        broken.push(`${workflowId}: ${status.name}`);
    }
    return broken;
  });
}

/** Of the stack's Temporal server, as of its last start. */
export async function temporalAddress({ stack }: Stage): Promise<string> {
  const command = await readFile(`/proc/${await stack.pidOf("temporal")}/cmdline`, "utf8");
  return `127.0.0.1:${/\0--port\0(\d+)/.exec(command)?.[1]}`;
}

async function withTemporal<T>(stage: Stage, look: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: await temporalAddress(stage) });
  try {
    return await look(new Client({ connection }));
  } finally {
    await connection.close();
  }
}
