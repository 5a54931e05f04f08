import { controlQueue, hostQueue } from "@heddle/agent/contract";
import { ActivityCancellationType, proxyActivities } from "@temporalio/workflow";
import type { ControlActivities } from "../activities/control.ts";
import type { HostActivities } from "../activities/host.ts";

/** Everything is tried again until it works or its error says that it never will. */
const retry = { initialInterval: "200ms", backoffCoefficient: 2, maximumInterval: "5s" } as const;

const alive = {
  heartbeatTimeout: "10s",
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry,
} as const;

/** Short steps over rows, which may be repeated: one whose worker has died is not to be waited for long. */
export const control = proxyActivities<ControlActivities>({
  taskQueue: controlQueue,
  startToCloseTimeout: "1 minute",
  heartbeatTimeout: "10s",
  retry,
});

/** Requests to a model. */
export const model = proxyActivities<ControlActivities>({
  taskQueue: controlQueue,
  startToCloseTimeout: "1 hour",
  ...alive,
});

/** What touches the worktrees and stores of one host. A host that takes none of it for a while may be dead. */
export function host(hostId: string) {
  return proxyActivities<HostActivities>({
    taskQueue: hostQueue(hostId),
    scheduleToStartTimeout: "20 seconds",
    startToCloseTimeout: "3 hours",
    ...alive,
  });
}
