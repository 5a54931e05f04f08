import { Context } from "@temporalio/activity";

const intervalMs = 1_000;

/**
 * Tells Temporal each second that this process lives, while `work` runs; without it a dead worker's step is given away.
 * A step of less than a second says nothing.
 */
export async function heartbeating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), intervalMs);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
