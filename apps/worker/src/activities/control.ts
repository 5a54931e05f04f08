import { errorTable, isErrorCode } from "@heddle/db/errors";
import { liveHost } from "@heddle/db/hosts";
import { failJob } from "@heddle/db/jobs";
import { leaveHost, placeThread } from "@heddle/db/placement";
import { claimNext } from "@heddle/db/run-turn";
import type { Deps } from "../deps.ts";
import { createCallModel } from "./call-model.ts";
import { createFinishTurn } from "./finish-turn.ts";
import { guarded } from "./guard.ts";
import { heartbeating } from "./heartbeat.ts";
import { createNameThread } from "./name-thread.ts";

export type ControlActivities = ReturnType<typeof createControlActivities>;

/** Activities that any worker may run. */
export function createControlActivities(deps: Deps) {
  const { db, log } = deps;
  return guarded(
    {
      claimNext: brief(({ threadId }: { threadId: string }) => claimNext(db, threadId)),
      placeThread: brief(({ threadId }: { threadId: string }) => placeThread(db, threadId)),
      leaveHost: brief((input: { threadId: string; hostId: string }) => leaveHost(db, input)),
      chooseHost: brief(() => liveHost(db.prisma)),
      finishTurn: brief(createFinishTurn(deps)),
      failJob: brief(({ threadId, jobId, code }: { threadId: string; jobId: string; code: string }) =>
        failJob(db, threadId, jobId, { code, message: errorTable[isErrorCode(code) ? code : "INTERNAL"].message }),
      ),
      callModel: createCallModel(deps),
      nameThread: createNameThread(deps),
    },
    log,
  );
}

/** A step over rows. One that waits for the database says that it lives. */
function brief<Input extends unknown[], Output>(work: (...input: Input) => Promise<Output>) {
  return (...input: Input): Promise<Output> => heartbeating(() => work(...input));
}
