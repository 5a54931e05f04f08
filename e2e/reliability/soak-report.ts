import { machine } from "../machine.ts";
import { recoveriesAt, spread } from "./recovery.ts";
import { inSeconds, markdown } from "./report.ts";
import type { SoakLog } from "./soak.ts";
import type { Stage } from "./stage.ts";
import { parts } from "./strike.ts";

const memories = ["supervisor", "worker", "web", "postgres", "temporal", "sandboxes"] as const;
const columns = [
  ["min", "kills", "threads", "turns", "cmds", "cut", "lost", "twice"],
  memories.map((name) => name.slice(0, 6)),
  ["boxes", "procs", "files", "rows", "db MB"],
].flat();

/** Above the lines of figures. Memory is each part's proportional share, in MiB. */
export const sampleHead = pad(columns);

export function sampleLine(log: SoakLog, index: number): string {
  const row = log.samples[index];
  if (!row) return "";
  const { sample, tally, kills, at } = row;
  const { turns, commands, cutCommands, cutAnswers, lost, twice } = tally.figures;
  const cut = `${cutAnswers}+${cutCommands}`;
  return pad([
    ((at - log.startedAt) / 60_000).toFixed(1),
    ...[kills, tally.threads, turns, commands, cut, lost, twice],
    ...memories.map((name) => sample.memory[name] ?? 0),
    ...[sample.sandboxes, sample.processes, sample.files, sample.rows, sample.databaseMb],
  ]);
}

/** docs/soak.md: the figures as they came, and what they come to. */
export async function soakPage(
  stage: Stage,
  log: SoakLog,
  { minutes, seed, after }: { minutes: number; seed: number; after: readonly string[] },
): Promise<string> {
  const { threads, turnsSent, figures, wrongs } = log.tally;
  const faults = [...wrongs, ...after];
  return `# ${minutes} minutes under random kills

24 threads at any time, each with turn after turn; every 20–40 seconds \`kill -9\` of a random part: worker, web, PostgreSQL,
Temporal, the sandboxes' runners, everything at once. Written by \`npm run reliability -- --soak ${minutes} --seed ${seed}\`, which checks of
every thread and of the stack what [reliability.md](reliability.md) lists. ${machine()}.

- ${log.kills.length} kills; ${threads} threads, ${figures.turns} turns of ${turnsSent} sent, ${figures.commands} commands.
- **Lost: ${figures.lost}. Twice: ${figures.twice}.** ${figures.cutAnswers} answers of the model were cut and asked for again, ${figures.cutCommands} commands were cut and
  shown as interrupted.
- ${faults.length === 0 ? "Every check passed." : `${faults.length} checks failed:`}
${faults.map((fault) => `  - ${fault.replaceAll(stage.stack.homeDir, "$HEDDLE_HOME")}`).join("\n")}
## Recovery

Seconds from a kill to the next change of each thread that was in the middle of a turn. Their commands take up to six seconds.

${await recoveryTable(stage, log)}

## Figures

Every 30 seconds. \`cut\`: answers + commands. Memory of each part is its proportional share (PSS) in MiB; a part that was being
started again just then may show 0. \`boxes\`: open sandboxes; \`procs\`, \`files\`: processes and open files of the whole stack.

\`\`\`
${[sampleHead, ...log.samples.map((_, index) => sampleLine(log, index))].join("\n")}
\`\`\`
`;
}

async function recoveryTable(stage: Stage, { kills }: SoakLog): Promise<string> {
  const rows: string[][] = [];
  for (const part of parts) {
    const own = kills.filter((kill) => kill.part === part);
    const times: number[] = [];
    for (const { at } of own) times.push(...(await recoveriesAt(stage, at)));
    const found = spread(times);
    const figures = found === null ? ["–", "–", "–"] : [found.p50, found.p95, found.max].map(inSeconds);
    rows.push([part, String(own.length), String(found?.count ?? 0), ...figures]);
  }
  return markdown([["killed", "kills", "threads", "p50", "p95", "max"], ...rows]);
}

function pad(cells: (string | number)[]): string {
  return cells.map((cell) => String(cell).padStart(7)).join("");
}
