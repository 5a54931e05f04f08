import { pokeSignal, type ThreadWorkflowInput } from "@heddle/agent/contract";
import {
  ActivityFailure,
  ApplicationFailure,
  continueAsNew,
  defineSignal,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import { control, host, model } from "./proxies.ts";

/**
 * Drives one thread: takes what Postgres holds for it, turn after turn and job after job, and ends when nothing is
 * left. A poke only says "look again"; a run that ends at any point is continued by the next from the rows.
 */
export async function threadWorkflow({ threadId }: ThreadWorkflowInput): Promise<void> {
  let poked = false;
  setHandler(defineSignal(pokeSignal), () => {
    poked = true;
  });
  for (;;) {
    poked = false;
    const claim = await control.claimNext({ threadId });
    if (claim?.kind === "turn") await driveTurn(threadId, claim);
    else if (claim?.kind === "job") await driveJob(threadId, claim.jobId);
    else if (!poked) return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof threadWorkflow>({ threadId });
  }
}

async function driveTurn(threadId: string, claim: { turnId: string; step: number }): Promise<void> {
  const { turnId } = claim;
  try {
    const ended = await runSteps(threadId, turnId, claim.step);
    if (ended) await control.finishTurn({ threadId, turnId, failure: ended.failure });
  } catch (error) {
    await control.finishTurn({ threadId, turnId, failure: failureCode(error) });
  }
}

/** The loop of a turn. @returns `null` when the history has grown so long that the workflow is to continue as new */
async function runSteps(
  threadId: string,
  turnId: string,
  firstStep: number,
): Promise<{ failure: string | null } | null> {
  const hostId = await control.placeThread({ threadId });
  const worktree = host(hostId);
  await worktree.prepareWorktree({ turnId });
  const named = firstStep === 0 ? model.nameThread({ turnId }) : null;
  let kept: Promise<void> | null = null;
  for (let step = firstStep; ; step += 1) {
    const [next] = await together(model.callModel({ turnId, step }), kept);
    if (next.type !== "runTools") {
      await named;
      return { failure: next.type === "fail" ? next.code : null };
    }
    for (const itemId of next.toolItemIds) await worktree.runTool({ turnId, itemId });
    kept = worktree.keepCheckpoint({ turnId, step });
    if (workflowInfo().continueAsNewSuggested) {
      await Promise.all([kept, named]);
      return null;
    }
  }
}

/** Both results; where one fails, the other is waited for, so that nothing is written after a turn's end. */
async function together<A, B>(a: Promise<A>, b: Promise<B> | null): Promise<[A, B | null]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

async function driveJob(threadId: string, jobId: string): Promise<void> {
  try {
    const hostId = await control.placeThread({ threadId });
    await host(hostId).runJob({ jobId });
  } catch (error) {
    await control.failJob({ threadId, jobId, code: failureCode(error) });
  }
}

/** Activities fail for good only with a code of the error table; anything else is a fault of the workflow itself. */
function failureCode(error: unknown): string {
  if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)
    return error.cause.type ?? "INTERNAL";
  if (error instanceof ActivityFailure) return "TIMEOUT";
  throw error;
}
