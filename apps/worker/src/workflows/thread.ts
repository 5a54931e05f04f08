import { pokeSignal, type ThreadWorkflowInput } from "@heddle/agent/contract";
import { condition, continueAsNew, defineSignal, patched, setHandler, workflowInfo } from "@temporalio/workflow";
import { failureCode, hostIsSilent } from "./failures.ts";
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
    if (claim?.kind === "turn") await driveTurn(threadId, claim, () => condition(() => poked));
    else if (claim?.kind === "job") await driveJob(threadId, claim.jobId);
    else if (!poked) return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof threadWorkflow>({ threadId });
  }
}

type TurnClaim = { turnId: string; step: number; retries: number; interrupted: boolean };

/**
 * Ends the turn, or returns where the rows are to be looked at again: a decision came, its host is gone, its history is
 * long, somebody else has ended it or moved its thread.
 */
async function driveTurn(threadId: string, claim: TurnClaim, decision: () => Promise<void>): Promise<void> {
  const { turnId, retries } = claim;
  const hostId = await control.placeThread({ threadId });
  const finish = async (failure: string | null) => {
    if (failure === "INTERRUPTED" || failure === "RIGHTS_LOST") await keepWhatIsThere(hostId, turnId);
    await control.finishTurn({ threadId, turnId, retries, failure });
  };
  // Not left to the next step to find out: a host that is gone would never do that.
  if (claim.interrupted) return finish("INTERRUPTED");
  try {
    const ended = await runSteps(hostId, claim, decision);
    if (ended) await finish(ended.failure);
  } catch (error) {
    if (hostIsSilent(error)) return control.leaveHost({ threadId, hostId });
    const failure = failureCode(error);
    if (failure !== "FENCED") await finish(failure);
  }
}

/** The loop of a turn. @returns `null` when the turn is not over but is to be claimed again */
async function runSteps(
  hostId: string,
  { turnId, step: firstStep }: TurnClaim,
  decision: () => Promise<void>,
): Promise<{ failure: string | null } | null> {
  const worktree = host(hostId);
  if ((await worktree.prepareWorktree({ turnId })) === "waiting") {
    await decision();
    return null;
  }
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
    if (next.leave || workflowInfo().continueAsNewSuggested) {
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

/**
 * What a step that was stopped has left in the files becomes a checkpoint, if its host can make one. It may have seemed silent
 * because nothing ran at all for a while: then it is back as soon as this workflow is, and takes a second call.
 */
async function keepWhatIsThere(hostId: string, turnId: string): Promise<void> {
  const calls = patched("silent-host-is-called-twice") ? 2 : 1;
  for (let call = 1; call <= calls; call += 1) {
    try {
      return await host(hostId).keepLastCheckpoint({ turnId });
    } catch (error) {
      if (!hostIsSilent(error)) return;
    }
  }
}

async function driveJob(threadId: string, jobId: string): Promise<void> {
  const hostId = await control.placeThread({ threadId });
  try {
    await host(hostId).runJob({ jobId });
  } catch (error) {
    if (hostIsSilent(error)) return control.leaveHost({ threadId, hostId });
    const code = failureCode(error);
    if (code !== "FENCED") await control.failJob({ threadId, jobId, code });
  }
}
