import type { ParkContext, Parked, Point } from "./points.ts";
import { holdRepository } from "./repository-lock.ts";
import { commandStep, fileStep, lastStep } from "./script.ts";
import { drain, ownHost, secondHost, startSecondHost } from "./second-host.ts";
import { allIdle, sendTurn, startRun } from "./thread-run.ts";

/** A thread whose host is emptied between two turns, on its way into the store of the host that stays. */
async function holdMove(context: ParkContext): Promise<Parked> {
  const { stage } = context;
  const own = await ownHost(stage);
  const other = await startSecondHost(stage);
  try {
    await drain(stage, secondHost, false);
    await drain(stage, own, true);
    const run = await startRun(stage, { ...context, steps: [fileStep("first.txt"), commandStep("there"), lastStep] });
    await allIdle(stage, [run]);
    await drain(stage, own, false);
    await drain(stage, secondHost, true);
    const held = await holdRepository(stage.store(context.projectId));
    await sendTurn(stage, run, [commandStep("here"), lastStep]);
    run.notices.push("hostMoved");
    await held.blocks();
    return { run, release: held.release };
  } finally {
    await other.stop();
  }
}

export const movePoints: Point[] = [{ name: "during a host move", first: true, park: holdMove }];
