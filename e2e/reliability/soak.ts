import { setTimeout as sleep } from "node:timers/promises";
import { measure, type Sample } from "./measure.ts";
import type { Random } from "./random.ts";
import { randomPace, randomSteps } from "./random-script.ts";
import type { Stage } from "./stage.ts";
import { type Part, parts, strike } from "./strike.ts";
import { allIdle, sendTurn, startRun, stopFollowing, type ThreadRun } from "./thread-run.ts";
import { until } from "./until.ts";
import { type Figures, verifyThread } from "./verify-thread.ts";

const threadsAtOnce = 24;
/** A thread then gives its place to a new one. */
const turnsPerThread = 10;
const sampleEveryMs = 30_000;
const secondsBetweenKills = [20, 40] as const;
/** So that a turn is under way for most of the time: its commands take seconds. */
const slowness = 4;

export type Tally = { threads: number; turnsSent: number; figures: Figures; wrongs: string[] };
export type SoakLog = {
  kills: { part: Part; at: number }[];
  samples: { at: number; sample: Sample; tally: Tally; kills: number }[];
  tally: Tally;
  startedAt: number;
};

export type SoakOptions = { minutes: number; random: Random; onSample: (log: SoakLog) => void };

/** Keeps threads running under random kills for so long, then lets all come to their end and looks at each. */
export async function soak(stage: Stage, { minutes, random, onSample }: SoakOptions): Promise<SoakLog> {
  const endAt = Date.now() + minutes * 60_000;
  const figures: Figures = { turns: 0, commands: 0, cutCommands: 0, cutAnswers: 0, lost: 0, twice: 0 };
  const log: SoakLog = {
    kills: [],
    samples: [],
    tally: { threads: 0, turnsSent: 0, figures, wrongs: [] },
    startedAt: Date.now(),
  };
  const projectId = await stage.addProject("soak");
  const over = () => Date.now() > endAt;
  const running = new Map<number, ThreadRun>();
  const places = Array.from({ length: threadsAtOnce }, (_, place) => keepPlace(place));
  const killing = keepKilling();
  const sampling = keepSampling();
  await Promise.all([...places, killing, sampling]);
  return log;

  async function keepPlace(place: number): Promise<void> {
    // Not all in the same moment.
    await sleep(place * 200);
    for (let number = 1; !over(); number += 1) {
      const marker = `soak-${place + 1}-${number}`;
      try {
        await liveThrough(marker, place);
      } catch (error) {
        log.tally.wrongs.push(`${marker}: ${String(error)}`);
      }
    }
    running.delete(place);
  }

  async function liveThrough(marker: string, place: number): Promise<void> {
    const own = random.fork(marker);
    const next = (turn: number) => ({ steps: randomSteps(own, turn, slowness), pace: randomPace(own) });
    const run = await startRun(stage, { marker, projectId, random: own, ...next(1) });
    log.tally.turnsSent += 1;
    running.set(place, run);
    await allIdle(stage, [run], 300_000);
    for (let turn = 2; turn <= turnsPerThread && !over(); turn += 1) {
      const { steps, pace } = next(turn);
      await sendTurn(stage, run, steps, pace);
      log.tally.turnsSent += 1;
      await allIdle(stage, [run], 300_000);
    }
    await judge(run);
  }

  async function judge(run: ThreadRun): Promise<void> {
    const verdict = await verifyThread(stage, run);
    await stopFollowing(run);
    stage.model.forget(run.marker);
    log.tally.threads += 1;
    log.tally.wrongs.push(...verdict.wrongs);
    for (const name of Object.keys(figures) as (keyof Figures)[]) figures[name] += verdict.figures[name];
  }

  async function keepKilling(): Promise<void> {
    const chosen = random.fork("kills");
    for (;;) {
      await sleep(chosen.between(secondsBetweenKills[0] * 1000, secondsBetweenKills[1] * 1000));
      if (over()) return;
      const part = chosen.pick(parts);
      const struck = await strike(
        stage,
        part,
        [...running.values()].map(({ id }) => id),
      );
      log.kills.push({ part, at: struck.at });
      await struck.back();
    }
  }

  async function keepSampling(): Promise<void> {
    while (!over()) {
      await sleep(Math.min(sampleEveryMs, Math.max(0, endAt - Date.now()) + 1));
      const sample = await measure(stage).catch(() => null);
      if (!sample) continue;
      const tally = { ...log.tally, figures: { ...figures } };
      log.samples.push({ at: Date.now(), sample, tally, kills: log.kills.length });
      onSample(log);
    }
    await until(() => running.size === 0, "every thread has come to its end", { patienceMs: 600_000 });
  }
}
