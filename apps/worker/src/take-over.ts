import { projectWorkflowId, threadWorkflowId } from "@heddle/agent/contract";
import type { Database } from "@heddle/db/database";
import { unfinishedProjects } from "@heddle/db/projects";
import { unfinishedThreads } from "@heddle/db/run-turn";
import type { HostFence } from "@heddle/db/thread-change";
import { ApplicationFailure, type Client, WorkflowNotFoundError } from "@temporalio/client";

/** How Temporal names this worker: its host, and which of the workers that the host has had. */
export const workerIdentity = ({ hostId, epoch }: HostFence) => `${hostId}/${epoch}`;

/**
 * Takes over what earlier workers of this host had begun: they are dead, or fenced by this one. Temporal itself would
 * wait for their heartbeats, and offer their workflows to them first, for ten seconds and more.
 */
export async function takeOver(db: Database, client: Client, fence: HostFence): Promise<void> {
  for (const threadId of await unfinishedThreads(db)) await takeOverWorkflow(client, threadWorkflowId(threadId), fence);
  for (const projectId of await unfinishedProjects(db))
    await takeOverWorkflow(client, projectWorkflowId(projectId), fence);
}

async function takeOverWorkflow(client: Client, workflowId: string, fence: HostFence): Promise<void> {
  try {
    const { raw, runId, status } = await client.workflow.getHandle(workflowId).describe();
    if (status.name !== "RUNNING") return;
    for (const { activityId, lastWorkerIdentity, lastStartedTime } of raw.pendingActivities ?? []) {
      if (!activityId || !lastStartedTime || !isEarlier(lastWorkerIdentity ?? "", fence)) continue;
      const lost = ApplicationFailure.retryable("the worker has died", "WORKER_LOST");
      // One that has ended or waits for its next attempt by now is as good.
      await client.activity.fail({ workflowId, runId, activityId }, lost).catch(() => undefined);
    }
    const execution = { workflowId, runId };
    await client.workflowService.resetStickyTaskQueue({ namespace: client.options.namespace, execution });
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

function isEarlier(identity: string, { hostId, epoch }: HostFence): boolean {
  const at = identity.lastIndexOf("/");
  return identity.slice(0, at) === hostId && Number(identity.slice(at + 1)) < epoch;
}
