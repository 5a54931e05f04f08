import { AppError } from "@heddle/db/errors";
import { readJob } from "@heddle/db/jobs";
import type { ThreadScope } from "@heddle/db/scope";
import { createBell } from "../../server/bell.ts";
import type { Hub } from "../../server/hub.ts";

const timeoutMs = 60_000;

/**
 * Waits for a worker to end a thread's job: by its hint, and by the hub's regular call to look at the rows.
 * @returns the job's output
 * @throws the job's own error, or TIMEOUT with `late` as its sentence
 */
export async function jobOutput(scope: ThreadScope, hub: Hub, jobId: string, late: string): Promise<unknown> {
  const bell = createBell();
  const deadline = Date.now() + timeoutMs;
  const timer = setTimeout(bell.ring, timeoutMs);
  const stop = hub.onThread(scope.threadId, (event) => {
    if (event.k === "poll" || (event.k === "job" && event.j === jobId)) bell.ring();
  });
  try {
    while (Date.now() < deadline) {
      const job = await readJob(scope, jobId);
      if (job.status === "done") return job.output;
      await bell.rung();
    }
    throw new AppError("TIMEOUT", { message: late });
  } finally {
    clearTimeout(timer);
    stop();
  }
}
