import { finishTurn } from "@heddle/db/finish-turn";
import { isOutage } from "@heddle/db/outage";
import { turnScope } from "@heddle/db/run-scope";
import { openAttempt, recordCutAttempt } from "@heddle/db/run-step";
import type { Deps } from "../deps.ts";
import { prepareRequest } from "./ask-model.ts";

/** Ends a turn; a request that was lost with its worker, and that no further one has followed, is counted first. */
export function createFinishTurn(deps: Deps) {
  return async (input: { threadId: string; turnId: string; failure: string | null }): Promise<void> => {
    const { threadId, turnId, failure } = input;
    try {
      await countLostAttempt(deps, turnId);
    } catch (error) {
      if (isOutage(error)) throw error;
      deps.log.info({ turnId, err: error }, "a lost request could not be counted");
    }
    await finishTurn(
      deps.db,
      threadId,
      turnId,
      failure === null ? { status: "completed" } : { status: "failed", code: failure },
    );
  };
}

async function countLostAttempt(deps: Deps, turnId: string): Promise<void> {
  const lost = await openAttempt(deps.db, turnId);
  if (!lost) return;
  const scope = await turnScope(deps.db, turnId, undefined, { interrupted: true });
  const { turn, lostUsage } = await prepareRequest(deps, scope);
  await recordCutAttempt(scope, lost.step, lost.attempt, turn.model, lostUsage(lost.text));
}
