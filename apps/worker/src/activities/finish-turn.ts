import { finishTurn } from "@heddle/db/finish-turn";
import { isOutage } from "@heddle/db/outage";
import { turnScope } from "@heddle/db/run-scope";
import { openAttempt, recordCutAttempt } from "@heddle/db/run-step";
import type { Deps } from "../deps.ts";
import { prepareRequest } from "./ask-model.ts";

type Finished = { threadId: string; turnId: string; retries?: number; failure: string | null };

/** Ends a turn; a request that was lost with its worker, and that no further one has followed, is counted first. */
export function createFinishTurn(deps: Deps) {
  return async ({ threadId, turnId, retries, failure }: Finished): Promise<void> => {
    try {
      await countLostAttempt(deps, turnId, retries);
    } catch (error) {
      if (isOutage(error)) throw error;
      deps.log.info({ turnId, err: error }, "a lost request could not be counted");
    }
    const end = failure === null ? ({ status: "completed" } as const) : ({ status: "failed", code: failure } as const);
    await finishTurn(deps.db, threadId, turnId, end, retries);
  };
}

async function countLostAttempt(deps: Deps, turnId: string, retries?: number): Promise<void> {
  const lost = await openAttempt(deps.db, turnId, retries);
  if (!lost) return;
  const scope = await turnScope(deps.db, turnId, undefined, { closing: true });
  const { turn, lostUsage } = await prepareRequest(deps, scope);
  await recordCutAttempt(scope, lost.step, lost.attempt, turn.model, lostUsage(lost.text));
}
