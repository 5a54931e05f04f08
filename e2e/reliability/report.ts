import { machine } from "../machine.ts";
import type { Outcome } from "./matrix.ts";
import { points } from "./points.ts";
import type { RunOutcome } from "./random-runs.ts";
import { spread } from "./recovery.ts";
import { type Part, parts, withoutTemporal } from "./strike.ts";
import type { Timed } from "./times.ts";

export type Shown = { matrix: readonly Outcome[]; runs: readonly RunOutcome[]; times: readonly Timed[]; seed: number };

/** docs/reliability.md: what was shown, as tables. */
export function reliabilityPage({ matrix, runs, times, seed }: Shown): string {
  return `# Reliability

\`npm run reliability\` starts Heddle as \`npm start\` does, brings threads to named points, kills a part with \`kill -9\`, and looks
at what becomes of them. Nothing in Heddle helps it: a point is reached and held from outside, by a scripted model that waits,
by a lock on a row or on a repository, by a command that waits for a file. This page is written by
\`npm run reliability -- --docs\`; \`npm test\` plays the same.

After each kill every thread ends \`idle\` by itself, and of each thread is checked that

- every prompt, answer and call is there once, in its order, and nothing else;
- a client that is cut off at random and resumes with \`Last-Event-ID\`, and one that polls \`items?after=\`, have the very items
  that a new reader gets; the numbers of all changes ever committed have no hole, and never go back for anybody;
- each attempt to ask the model is counted once, cut ones as estimates, and the thread's sums are those of its attempts;
- no command has run twice (each appends a line of its own to a file), a completed one has run, an interrupted one may have;
- files, items, diff, last checkpoint and commit say the same;

and of the stack that \`git fsck --strict\` finds nothing in any store, no lock or half-written file is left, no process either,
the audit chain holds, and no workflow has failed.

## One kill

Seconds from the kill to the thread's next change; a dash where nothing was left to do. ${machine()}. “Everything” is the
supervisor and all that it started, and then \`npm start\` again, whose time is in it; the last column is the same with
Temporal's file deleted.

${table(matrix.filter(({ times }) => times === 1))}

## Twice in a row

The same, with a second kill while what was killed comes back. From the second kill:

${summary(matrix.filter(({ times }) => times === 2))}

## At random

${randomSummary(runs, seed)}

## Stopping, and setting aside

Milliseconds, as the one who asks over HTTP sees it, with one thread at work.

${timesTable(times)}

## For long

[Half an hour under random kills](soak.md), with 24 threads at any time.

## What people see

A command that was cut with its worker: what it did before is kept and shown, and it is not run again.

![A thread whose worker was killed in the middle of a command](images/killed-worker.png)

A thread whose host was drained: the next turn goes on at another one, and says from which checkpoint.

![A thread that has moved to another host](images/moved-host.png)

What stands still, and the button that helps, for admins:

![The status page](images/status.png)
`;
}

function table(outcomes: readonly Outcome[]): string {
  const columns: Part[] = [...parts, withoutTemporal];
  const head = ["killed", ...columns];
  const cell = (point: string, part: Part) => {
    const outcome = outcomes.find((one) => one.point === point && one.part === part);
    if (!outcome) return "";
    if (outcome.wrongs.length > 0) return "**failed**";
    return outcome.recoveryMs === null ? "–" : inSeconds(outcome.recoveryMs);
  };
  const rows = points.map(({ name }) => [name, ...columns.map((part) => cell(name, part))]);
  const of = (pick: "p50" | "max") =>
    columns.map((part) => {
      const all = spread(recoveries(outcomes, part));
      return all === null ? "" : `**${inSeconds(all[pick])}**`;
    });
  return markdown([head, ...rows, ["**p50**", ...of("p50")], ["**max**", ...of("max")]]);
}

function summary(outcomes: readonly Outcome[]): string {
  const rows = parts.map((part) => {
    const all = outcomes.filter((one) => one.part === part);
    const failed = all.filter(({ wrongs }) => wrongs.length > 0).length;
    const times = spread(recoveries(outcomes, part));
    const figures = times === null ? ["–", "–"] : [inSeconds(times.p50), inSeconds(times.max)];
    return [part, String(all.length - failed), String(failed), ...figures];
  });
  return markdown([["killed", "passed", "failed", "p50", "max"], ...rows]);
}

function randomSummary(runs: readonly RunOutcome[], seed: number): string {
  const failed = runs.filter(({ wrongs }) => wrongs.length > 0).length;
  const rows = parts.map((part) => {
    const own = runs.filter(({ plan }) => plan.part === part);
    const times = spread(own.flatMap(({ recoveriesMs }) => recoveriesMs));
    const figures = times === null ? ["–", "–"] : [inSeconds(times.p50), inSeconds(times.max)];
    return [part, String(own.length), ...figures];
  });
  return `${runs.length} runs of two to four threads each, ${failed} failed; a random part at a random time, the next while the last one
recovers. \`--seed ${seed}\` plays the same again; \`--nightly\` plays 200.

${markdown([["killed", "runs", "p50", "max"], ...rows])}`;
}

function timesTable(times: readonly Timed[]): string {
  const rows = times.map(({ what, ms }) => {
    const found = spread(ms);
    const figures =
      found === null ? ["–", "–", "–"] : [found.p50, found.p95, found.max].map((value) => value.toFixed(0));
    return [what, String(ms.length), ...figures];
  });
  return markdown([["", "times", "p50", "p95", "max"], ...rows]);
}

function recoveries(outcomes: readonly Outcome[], part: Part): number[] {
  return outcomes.flatMap((one) => (one.part === part && one.recoveryMs !== null ? [one.recoveryMs] : []));
}

export const inSeconds = (ms: number) => (ms / 1000).toFixed(1);

export function markdown([head = [], ...rows]: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}
