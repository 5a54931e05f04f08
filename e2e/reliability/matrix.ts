import { setTimeout as sleep } from "node:timers/promises";
import { type Parked, type Point, points } from "./points.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";
import { type Part, type Strike, strike } from "./strike.ts";
import { allIdle, stopFollowing, type ThreadRun } from "./thread-run.ts";
import { verifyStack } from "./verify-stack.ts";
import { verifyThread } from "./verify-thread.ts";

/** What one kill did to the thread at one point. */
export type Outcome = {
  point: string;
  part: Part;
  times: number;
  /** From the kill (the last, of several) to the thread's next change. */
  recoveryMs: number | null;
  wrongs: string[];
};

export type RoundOptions = {
  part: Part /** 2: again, while what was killed comes back */;
  times: 1 | 2;
  random: Random;
};

/** Brings one thread to each point, kills a part under all of them, lets them go, and looks at what becomes of them. */
export async function playRound(stage: Stage, options: RoundOptions): Promise<Outcome[]> {
  const { part, times, random } = options;
  const projects = await projectPerPoint(stage);
  const parked = await Promise.all(
    points.map((point) => {
      const marker = `${part}-${times}-${point.name.replaceAll(/[^a-z]+/g, "-")}`;
      return point.park({ stage, marker, projectId: projects.get(point) ?? "", random: random.fork(marker) });
    }),
  );
  const at = await strikeAll(stage, parked, options);
  await Promise.all(parked.map(({ sent }) => sent));
  const runs = parked.map(({ run }) => run);
  await allIdle(stage, runs);
  const outcomes: Outcome[] = [];
  for (const [index, run] of runs.entries()) {
    const wrongs = [...(await verifyThread(stage, run)), ...(await verifyCuts(stage, run, part))];
    const recoveryMs = await recoveryOf(stage, run, at);
    outcomes.push({ point: points[index]?.name ?? "", part, times, recoveryMs, wrongs });
    await stopFollowing(run);
    stage.model.forget(run.marker);
  }
  outcomes.push({ point: "the stack afterwards", part, times, recoveryMs: null, wrongs: await verifyStack(stage) });
  return outcomes;
}

/** @returns when the last strike was */
async function strikeAll(stage: Stage, parked: readonly Parked[], { part, times, random }: RoundOptions) {
  const ids = parked.map(({ run }) => run.id).filter(Boolean);
  let struck: Strike = await strike(stage, part, ids);
  const released = Promise.all(parked.map(({ release }) => release()));
  await struck.back();
  for (let again = 1; again < times; again += 1) {
    await sleep(random.between(0, 1_500));
    struck = await strike(stage, part, ids);
    await struck.back();
  }
  await released;
  return struck.at;
}

const known = new WeakMap<Stage, Map<Point, string>>();

async function projectPerPoint(stage: Stage): Promise<Map<Point, string>> {
  const projects = known.get(stage) ?? new Map<Point, string>();
  known.set(stage, projects);
  for (const point of points) {
    if (!projects.has(point)) projects.set(point, await stage.addProject(`project-${projects.size + 1}`));
  }
  return projects;
}

async function recoveryOf(stage: Stage, run: ThreadRun, at: number): Promise<number | null> {
  const [first] = await stage.rows.query<{ ms: number }>(
    "SELECT extract(epoch FROM min(at)) * 1000 AS ms FROM reliability.change WHERE thread = $1 AND at > to_timestamp($2)",
    [run.id, at / 1000],
  );
  return first?.ms == null ? null : Math.round(Number(first.ms) - at);
}

/** What a part's end may cut at all: answers of the model, commands. */
const cuts: Record<Part, { answers: boolean; commands: boolean }> = {
  worker: { answers: true, commands: true },
  web: { answers: false, commands: false },
  postgres: { answers: true, commands: false },
  temporal: { answers: true, commands: false },
  runner: { answers: false, commands: true },
  everything: { answers: true, commands: true },
};

async function verifyCuts(stage: Stage, run: ThreadRun, part: Part): Promise<string[]> {
  const [{ answers, items } = { answers: 0, items: 0 }] = await stage.rows.query<{ answers: number; items: number }>(
    `SELECT (SELECT count(*)::int FROM "UsageRecord" WHERE "threadId" = $1 AND estimated) AS answers,
            (SELECT count(*)::int FROM "Item" WHERE "threadId" = $1 AND status = 'interrupted') AS items`,
    [run.id],
  );
  return [
    ...(answers > 0 && !cuts[part].answers ? [`${run.marker}: ${answers} answers were cut`] : []),
    ...(items > 0 && !cuts[part].commands ? [`${run.marker}: ${items} commands were cut`] : []),
  ];
}
