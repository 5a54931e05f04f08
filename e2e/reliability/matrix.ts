import { setTimeout as sleep } from "node:timers/promises";
import type { Parked, Point } from "./points.ts";
import type { Random } from "./random.ts";
import { recoveryOf } from "./recovery.ts";
import type { Stage } from "./stage.ts";
import { type Part, type Strike, strike, withoutTemporal } from "./strike.ts";
import { allIdle, stopFollowing, type ThreadRun } from "./thread-run.ts";
import { verifyStack } from "./verify-stack.ts";
import { type Figures, verifyThread } from "./verify-thread.ts";

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
  points: readonly Point[];
  part: Part;
  /** 2: again, while what was killed comes back. */
  times: 1 | 2;
  random: Random;
};

/** Brings one thread to each point, kills a part under all of them, lets them go, and looks at what becomes of them. */
export async function playRound(stage: Stage, options: RoundOptions): Promise<Outcome[]> {
  const { part, times } = options;
  const parked = await parkAll(stage, options);
  const at = await strikeAll(stage, parked, options);
  await Promise.all(parked.map(({ sent }) => sent));
  const runs = parked.map(({ run }) => run);
  await allIdle(stage, runs);
  const seen = await Promise.all(parked.map(({ afterwards }) => afterwards?.() ?? []));
  const outcomes = await Promise.all(
    parked.map(async ({ point, run }, index): Promise<Outcome> => {
      const { wrongs, figures } = await verifyThread(stage, run);
      wrongs.push(...(seen[index] ?? []), ...unexpectedCuts(run, part, figures));
      await stopFollowing(run);
      stage.model.forget(run.marker);
      return { point: point.name, part, times, recoveryMs: await recoveryOf(stage, run, at), wrongs };
    }),
  );
  const afterwards = { point: "the stack afterwards", part, times, recoveryMs: null };
  return [...outcomes, { ...afterwards, wrongs: await verifyStack(stage) }];
}

type ParkedPoint = Parked & { point: Point };

async function parkAll(stage: Stage, { points, part, times, random }: RoundOptions): Promise<ParkedPoint[]> {
  const projects = await projectPerPoint(stage, points);
  const park = async (point: Point): Promise<ParkedPoint> => {
    const marker = `${part} ${times} ${point.name}`.replaceAll(/[^a-z0-9]+/gi, "-");
    const projectId = projects.get(point) ?? "";
    const parked = await point.park({ stage, marker, projectId, random: random.fork(marker) });
    // Waited for later: what goes wrong until then is told there.
    parked.sent?.catch(() => undefined);
    return { point, ...parked };
  };
  const early: ParkedPoint[] = [];
  for (const point of points.filter(({ first }) => first)) early.push(await park(point));
  return [...early, ...(await Promise.all(points.filter(({ first }) => !first).map(park)))];
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

async function projectPerPoint(stage: Stage, points: readonly Point[]): Promise<Map<Point, string>> {
  const projects = known.get(stage) ?? new Map<Point, string>();
  known.set(stage, projects);
  const missing = points.filter((point) => !projects.has(point));
  await Promise.all(
    missing.map(async (point) => projects.set(point, await stage.addProject(point.name.replaceAll(/[^a-z]+/g, "-")))),
  );
  return projects;
}

/** What a part's end may cut at all: answers of the model, commands. */
const cuts: Record<Part, { answers: boolean; commands: boolean }> = {
  worker: { answers: true, commands: true },
  web: { answers: false, commands: false },
  postgres: { answers: true, commands: false },
  temporal: { answers: true, commands: false },
  runner: { answers: false, commands: true },
  everything: { answers: true, commands: true },
  [withoutTemporal]: { answers: true, commands: true },
};

function unexpectedCuts({ marker, interruptedAt }: ThreadRun, part: Part, figures: Figures): string[] {
  const { cutAnswers } = figures;
  const cutCommands = figures.cutCommands - (interruptedAt === undefined ? 0 : 1);
  return [
    ...(cutAnswers > 0 && !cuts[part].answers ? [`${marker}: ${cutAnswers} answers were cut`] : []),
    ...(cutCommands > 0 && !cuts[part].commands ? [`${marker}: ${cutCommands} commands were cut`] : []),
  ];
}
