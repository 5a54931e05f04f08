import { deleteThread } from "@heddle/db/archive";
import type { LoadedJob } from "@heddle/db/jobs";
import type { JobScope } from "@heddle/db/run-scope";
import type { HostDeps } from "../deps.ts";
import { removeLeftovers } from "../leftovers.ts";

/**
 * Deletes a thread. Its rows go first: a thread without files could not go on, files without a thread are found and
 * removed at the next start of this worker.
 */
export async function removeThread(deps: HostDeps, scope: JobScope, { thread }: LoadedJob): Promise<void> {
  await deps.devServers.stop(thread.id);
  await deps.sandboxes.close(thread.id);
  await deleteThread(scope);
  await removeLeftovers(deps.homeDir, thread).catch((err) =>
    deps.log.warn({ err, threadId: thread.id }, "files of a deleted thread are left until the next start"),
  );
}
