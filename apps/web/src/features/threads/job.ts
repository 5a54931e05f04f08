import { AppError } from "@heddle/db/errors";
import { readJob } from "@heddle/db/jobs";
import type { ThreadScope } from "@heddle/db/scope";
import type { Hub } from "../../server/hub.ts";

const timeoutMs = 60_000;

/**
 * Waits for a worker to end a thread's job: by its hint, and by the hub's regular call to look at the rows.
 * @returns the job's output
 * @throws the job's own error, or TIMEOUT with `late` as its sentence
 */
export async function jobOutput(scope: ThreadScope, hub: Hub, jobId: string, late: string): Promise<unknown> {
  let wake = () => {};
  let stirred = true;
  const stop = hub.onThread(scope.threadId, (event) => {
    if (event.k === "poll" || (event.k === "job" && event.j === jobId)) stirred = true;
    if (stirred) wake();
  });
  let late_ = false;
  const timer = setTimeout(() => {
    late_ = true;
    wake();
  }, timeoutMs);
  try {
    while (!late_) {
      if (stirred) {
        stirred = false;
        const job = await readJob(scope, jobId);
        if (job.status === "done") return job.output;
      }
      if (!stirred && !late_) await new Promise<void>((resolve) => { wake = resolve; });
    }
    throw new AppError("TIMEOUT", { message: late });
  } finally {
    clearTimeout(timer);
    stop();
  }
}
