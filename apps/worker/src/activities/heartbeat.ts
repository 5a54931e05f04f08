import { Context } from "@temporalio/activity";

const intervalMs = 1_000;

/** Tells Temporal each second that this process lives, while `work` runs; without it a dead worker's step is given away. */
export async function heartbeating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), intervalMs);
  context.heartbeat();
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
