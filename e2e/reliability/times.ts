import { chown, mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "./processes.ts";
import type { Random } from "./random.ts";
import { commandStep, fileStep, lastStep, type Step } from "./script.ts";
import type { Stage } from "./stage.ts";
import { allIdle, sendTurn, startRun, stopFollowing, type ThreadRun } from "./thread-run.ts";
import { until } from "./until.ts";

/** How long one thing took each time, in milliseconds. */
export type Timed = { what: string; ms: number[] };

const interrupts = 40;
const archives = 10;
/** Of the worktree that is archived: so many files of 10 KiB, and one large one. */
const files = { count: 2_000, largeMb: 20 };

/** Interrupts of answers and commands, and archives and restores, each as its sender sees it, on a stack that does nothing else. */
export async function measureTimes(stage: Stage, random: Random): Promise<Timed[]> {
  const projectId = await stage.addProject("times");
  const begin = (marker: string, steps: Step[]) =>
    startRun(stage, { marker, projectId, steps, random: random.fork(marker) });
  return [
    ...(await withThread(stage, begin("interrupt-answers", [lastStep]), interruptAnswers)),
    ...(await withThread(stage, begin("interrupt-commands", [lastStep]), interruptCommands)),
    ...(await withThread(stage, begin("archive", [fileStep("first.txt"), lastStep]), archiveAndRestore)),
  ];
}

type Measure = (stage: Stage, run: ThreadRun) => Promise<Timed[]>;

async function withThread(stage: Stage, starting: Promise<ThreadRun>, measure: Measure): Promise<Timed[]> {
  const run = await starting;
  await allIdle(stage, [run]);
  const times = await measure(stage, run);
  await stopFollowing(run);
  stage.model.forget(run.marker);
  return times;
}

/** @param over whether what was interrupted has ended */
async function interrupt(stage: Stage, run: ThreadRun, over: () => boolean): Promise<number> {
  const at = performance.now();
  const asked = stage.client.post(`/threads/${run.id}/interrupt`, {}, `interrupt:${run.marker}:${run.turns.length}`);
  await until(over, `the turn of ${run.marker} was interrupted`, { pollMs: 2 });
  const took = performance.now() - at;
  await asked;
  await allIdle(stage, [run]);
  return took;
}

async function interruptAnswers(stage: Stage, run: ThreadRun): Promise<Timed[]> {
  const long: Step = { text: "one two three ".repeat(2_000), effects: [] };
  const asked = () => stage.model.requests(run.marker).filter(({ kind }) => kind === "turn");
  const ms: number[] = [];
  while (ms.length < interrupts) {
    const before = asked().length;
    await sendTurn(stage, run, [long], { firstMs: 0, pieceMs: 20 });
    await until(() => asked().length > before, `${run.marker} asks its model`);
    await sleep(500);
    const request = asked().at(-1);
    ms.push(await interrupt(stage, run, () => request?.closedAt !== null));
  }
  return [{ what: "interrupt in mid-stream, until the model's connection is closed", ms }];
}

async function interruptCommands(stage: Stage, run: ThreadRun): Promise<Timed[]> {
  const ms: number[] = [];
  for (let turn = 2; ms.length < interrupts; turn += 1) {
    const seconds = `${600 + turn / 1_000}`;
    await sendTurn(stage, run, [commandStep(`turn-${turn}`, { sleepMs: Number(seconds) * 1_000 }), lastStep]);
    await until(() => isRunning(seconds), `${run.marker} runs its command`);
    ms.push(await interrupt(stage, run, () => !isRunning(seconds)));
  }
  return [{ what: "interrupt in mid-command, until its processes are gone", ms }];
}

async function archiveAndRestore(stage: Stage, run: ThreadRun): Promise<Timed[]> {
  await fill(join(stage.worktree(run.id), "tree"));
  const archived: number[] = [];
  const restored: number[] = [];
  const become = async (kind: "archive" | "restore", status: string, round: number) => {
    const at = performance.now();
    await stage.client.post(`/threads/${run.id}/${kind}`, {}, `${kind}:${run.marker}:${round}`);
    const is = async () => (await stage.client.get<{ status: string }>(`/threads/${run.id}`)).status === status;
    await until(is, `${run.marker} is ${status}`, { pollMs: 20 });
    return performance.now() - at;
  };
  for (let round = 1; round <= archives; round += 1) {
    archived.push(await become("archive", "archived", round));
    restored.push(await become("restore", "idle", round));
  }
  const size = `${files.count.toLocaleString("en")} files and one of ${files.largeMb} MiB`;
  return [
    { what: `archive of ${size}, verified`, ms: archived },
    { what: "restore of it", ms: restored },
  ];
}

/** Untracked files, which no checkpoint has yet. */
async function fill(tree: string): Promise<void> {
  const { uid, gid } = await stat(tree);
  const own = async (path: string, content: string) => {
    await writeFile(path, content);
    await chown(path, uid, gid);
  };
  for (let index = 0; index < files.count; index += 1) {
    const folder = join(tree, `folder-${index % 20}`);
    if (index < 20) {
      await mkdir(folder);
      await chown(folder, uid, gid);
    }
    await own(join(folder, `file-${index}`), `${index}\n`.repeat(10_240 / `${index}\n`.length));
  }
  await own(
    join(tree, "large"),
    Array.from({ length: files.largeMb * 2 ** 14 }, (_, line) => `${line}`.padEnd(63)).join("\n"),
  );
}
