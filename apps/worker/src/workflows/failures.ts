import { ActivityFailure, ApplicationFailure, TimeoutFailure } from "@temporalio/workflow";

/** Activities fail for good only with a code of the error table; anything else is a fault of the workflow itself. */
export function failureCode(error: unknown): string {
  if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)
    return error.cause.type ?? "INTERNAL";
  if (error instanceof ActivityFailure) return "TIMEOUT";
  throw error;
}

/** No worker of the host has taken a step for a while: it is dead, paused or busy. */
export function hostIsSilent(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof TimeoutFailure &&
    error.cause.timeoutType === "SCHEDULE_TO_START"
  );
}
