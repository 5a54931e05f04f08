import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Outcome, playRound } from "./matrix.ts";
import { type Options, readOptions } from "./options.ts";
import { points } from "./points.ts";
import { createRandom } from "./random.ts";
import { describePlan, planRun, playRuns, type RunOutcome } from "./random-runs.ts";
import { spread } from "./recovery.ts";
import { reliabilityPage } from "./report.ts";
import { soak } from "./soak.ts";
import { sampleHead, sampleLine, soakPage } from "./soak-report.ts";
import { openStage, type Stage } from "./stage.ts";
import { parts, withoutTemporal } from "./strike.ts";
import { measureTimes, type Timed } from "./times.ts";
import { verifyStack, verifyStopped } from "./verify-stack.ts";

const docsDir = fileURLToPath(new URL("../../docs", import.meta.url));
const tests = { passed: 0, failed: 0 };

/** One thing that was to hold, and what does not. */
function tell(name: string, wrongs: readonly string[]): void {
  const failed = wrongs.length > 0;
  tests[failed ? "failed" : "passed"] += 1;
  console.log(`${failed ? "✗" : "✓"} ${name}`);
  for (const wrong of wrongs) console.log(`    ${wrong}`);
}

const seconds = (ms: number | null) => (ms === null ? "" : ` (${(ms / 1000).toFixed(1)} s)`);

async function playMatrix(stage: Stage, { seed, once, part: onlyPart, point }: Options): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const chosen = points.filter(({ name }) => name.includes(point));
  for (const part of [...parts, withoutTemporal] as const) {
    if (onlyPart !== null && onlyPart !== part) continue;
    for (const times of once || part === withoutTemporal ? ([1] as const) : ([1, 2] as const)) {
      const random = createRandom(seed).fork(`${part} ${times}`);
      const round = await playRound(stage, { part, times, random, points: chosen });
      for (const { point, recoveryMs, wrongs } of round)
        tell(`${part}${times === 2 ? ", twice" : ""}: ${point}${seconds(recoveryMs)}`, wrongs);
      outcomes.push(...round);
    }
  }
  return outcomes;
}

async function playRandom(stage: Stage, { seed, runs }: Options): Promise<RunOutcome[]> {
  const outcomes: RunOutcome[] = [];
  console.log(`random kills: --seed ${seed} --runs ${runs}`);
  const plans = Array.from({ length: runs }, (_, index) => planRun(createRandom(seed), index + 1));
  await playRuns(stage, plans, (outcome) => {
    tell(`${describePlan(outcome.plan)}${seconds(Math.max(0, ...outcome.recoveriesMs))}`, outcome.wrongs);
    outcomes.push(outcome);
  });
  tell("the stack after the random kills", await verifyStack(stage));
  return outcomes;
}

async function playTimes(stage: Stage, { seed }: Options): Promise<Timed[]> {
  const times = await measureTimes(stage, createRandom(seed).fork("times"));
  for (const { what, ms } of times) {
    const { p50, p95, max } = spread(ms) ?? { p50: 0, p95: 0, max: 0 };
    console.log(`${what}: p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, max ${max.toFixed(0)} ms`);
  }
  return times;
}

async function playSoak(stage: Stage, minutes: number, { seed }: Options): Promise<void> {
  console.log(`${minutes} minutes under random kills: --seed ${seed}\n${sampleHead}`);
  const random = createRandom(seed);
  const log = await soak(stage, {
    minutes,
    random,
    onSample: (so) => console.log(sampleLine(so, so.samples.length - 1)),
  });
  tell(`${log.tally.threads} threads, ${log.tally.figures.turns} turns`, log.tally.wrongs);
  const after = await verifyStack(stage);
  tell("the stack afterwards", after);
  writeFileSync(join(docsDir, "soak.md"), await soakPage(stage, log, { minutes, seed, after }));
}

async function play(stage: Stage, options: Options): Promise<void> {
  if (options.soakMinutes !== null) return playSoak(stage, options.soakMinutes, options);
  const { docs, only, seed } = options;
  const times = docs || only === "times" ? await playTimes(stage, options) : [];
  const matrix = only === null || only === "matrix" ? await playMatrix(stage, options) : [];
  const runs = only === null || only === "random" ? await playRandom(stage, options) : [];
  if (docs) writeFileSync(join(docsDir, "reliability.md"), reliabilityPage({ matrix, runs, times, seed }));
}

const options = readOptions(process.argv.slice(2));
const stage = await openStage();
let ending: Promise<void> | undefined;
const end = () => {
  ending ??= stage.close(tests.failed > 0);
  return ending;
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void end().then(() => process.exit(130)));
try {
  await play(stage, options);
} catch (error) {
  tell("the harness itself", [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
}
await stage.stack.stop();
tell("nothing runs once the stack has stopped", await verifyStopped(stage));
if (tests.failed > 0) console.log(`What is left of it is in ${stage.stack.homeDir}`);
await end();
if (options.report !== null) writeFileSync(options.report, JSON.stringify(tests));
console.log(`${tests.passed} passed, ${tests.failed} failed`);
process.exit(tests.failed === 0 ? 0 : 1);
