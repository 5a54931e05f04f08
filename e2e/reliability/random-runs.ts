import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "./random.ts";
import { randomPace, randomSteps } from "./random-script.ts";
import { recoveryOf } from "./recovery.ts";
import type { Pace, Step } from "./script.ts";
import type { Stage } from "./stage.ts";
import { type Part, parts, strike } from "./strike.ts";
import { allIdle, commit, sendTurn, startRun, stopFollowing, type ThreadRun } from "./thread-run.ts";
import { verifyThread } from "./verify-thread.ts";

type ThreadPlan = { turns: { steps: Step[]; pace: Pace }[]; commit: boolean };
export type RunPlan = { number: number; threads: ThreadPlan[]; part: Part; afterMs: number; random: Random };

export type RunOutcome = { plan: RunPlan; recoveriesMs: number[]; wrongs: string[] };

/** So many runs are under way at once: the kill of one meets the others while they recover. */
const mostAtOnce = 4;

/** The same seed and number give the same plan. */
export function planRun(seed: Random, number: number): RunPlan {
  const random = seed.fork(`run ${number}`);
  const threads = Array.from({ length: random.between(2, 4) }, (): ThreadPlan => {
    const turns = Array.from({ length: random.between(1, 2) }, (_, index) => ({
      steps: randomSteps(random, index + 1),
      pace: randomPace(random),
    }));
    return { turns, commit: random.next() < 0.3 };
  });
  return { number, threads, part: random.pick(parts), afterMs: random.between(200, 4_000), random };
}

export function describePlan({ number, threads, part, afterMs }: RunPlan): string {
  return `run ${number}: ${part} after ${afterMs} ms, under ${threads.length} threads`;
}

/** Several threads each, a random part at a random time; the next run begins while the last one recovers. */
export async function playRuns(
  stage: Stage,
  plans: readonly RunPlan[],
  done: (outcome: RunOutcome) => void,
): Promise<void> {
  const projectId = await stage.addProject("random");
  const underWay = new Set<Promise<void>>();
  for (const plan of plans) {
    while (underWay.size >= mostAtOnce) await Promise.race(underWay);
    const { ended } = await startAndStrike(stage, projectId, plan);
    const play = ended.then(done).finally(() => underWay.delete(play));
    underWay.add(play);
  }
  await Promise.all(underWay);
}

async function startAndStrike(stage: Stage, projectId: string, plan: RunPlan): Promise<{ ended: Promise<RunOutcome> }> {
  const { number, random } = plan;
  const started = plan.threads.map(async ({ turns: [first, ...more] }, index) => {
    const marker = `random-${number}-${index + 1}`;
    const options = { marker, projectId, steps: first?.steps ?? [], pace: first?.pace };
    const run = await startRun(stage, { ...options, random: random.fork(marker) });
    for (const { steps, pace } of more) await sendTurn(stage, run, steps, pace);
    return run;
  });
  await sleep(plan.afterMs);
  const known = await Promise.race([Promise.all(started), sleep(0, [])]);
  const struck = await strike(
    stage,
    plan.part,
    known.map(({ id }) => id),
  );
  await struck.back();
  return { ended: Promise.all(started).then((runs) => seeEnd(stage, plan, runs, struck.at)) };
}

async function seeEnd(stage: Stage, plan: RunPlan, runs: ThreadRun[], struckAt: number): Promise<RunOutcome> {
  const wrongs: string[] = [];
  const recoveriesMs: number[] = [];
  try {
    await allIdle(stage, runs, 240_000);
    for (const [index, run] of runs.entries()) if (plan.threads[index]?.commit) await commit(stage, run);
    await allIdle(stage, runs, 240_000);
    for (const run of runs) {
      wrongs.push(...(await verifyThread(stage, run)).wrongs);
      const recoveryMs = await recoveryOf(stage, run, struckAt);
      if (recoveryMs !== null) recoveriesMs.push(recoveryMs);
    }
  } catch (error) {
    wrongs.push(String(error));
  }
  for (const run of runs) {
    await stopFollowing(run);
    stage.model.forget(run.marker);
  }
  return { plan, recoveriesMs, wrongs };
}
