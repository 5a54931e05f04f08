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

/** Short steps over rows. */
export const control = proxyActivities<ControlActivities>({
  taskQueue: controlQueue,
  startToCloseTimeout: "1 minute",
  retry,
});

/** Requests to a model. */
export const model = proxyActivities<ControlActivities>({
  taskQueue: controlQueue,
  startToCloseTimeout: "1 hour",
  ...alive,
});

/** What touches the worktrees and stores of one host. */
export function host(hostId: string) {
  return proxyActivities<HostActivities>({ taskQueue: hostQueue(hostId), startToCloseTimeout: "3 hours", ...alive });
}
