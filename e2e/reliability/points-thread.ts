import { holdNext, threadLock } from "./hold-next.ts";
import type { ParkContext, Parked, Point } from "./points.ts";
import { commandStep, fileStep, lastStep } from "./script.ts";
import { allIdle, effectSeen, letGo, sendTurn, startRun, type ThreadRun, turnIdOf } from "./thread-run.ts";
import { currentRun } from "./workflows.ts";

/** A follow-up on its way into the thread. Its sender repeats it under the same key until there is an answer. */
async function holdPrompt(context: ParkContext): Promise<Parked> {
  const { stage } = context;
  const run = await startRun(stage, { ...context, steps: [fileStep("first.txt"), lastStep] });
  await allIdle(stage, [run]);
  const lock = await stage.rows.lock(threadLock, [run.id]);
  const sent = sendTurn(stage, run, [commandStep("follow-up"), lastStep]);
  await lock.blocks();
  return { run, release: lock.release, sent };
}

/** The first prompt, which makes the thread: a new thread's row refers to its project's. */
async function holdFirstPrompt(context: ParkContext): Promise<Parked> {
  const { stage, projectId } = context;
  const lock = await stage.rows.lock(`SELECT FROM "Project" WHERE id = $1 FOR UPDATE`, [projectId]);
  const { marker } = context;
  const run: ThreadRun = {
    marker,
    id: "",
    projectId,
    turns: [],
    followers: [],
    committed: false,
    notices: [],
    ownFiles: [],
  };
  const started = startRun(stage, { ...context, steps: [commandStep("first"), lastStep] });
  await lock.blocks();
  return { run, release: lock.release, sent: started.then((known) => Object.assign(run, known)) };
}

/**
 * The next run of the workflow is there and has not looked at the rows yet. A checkpoint's record is held, and behind it
 * the thread's row, which the next run asks for first; tried at each step until the server has suggested a new run.
 */
async function holdContinuation(context: ParkContext): Promise<Parked> {
  const { stage } = context;
  const names = Array.from({ length: 8 }, (_, index) => `command-${index + 1}`);
  const steps = names.map((name) => commandStep(name, { waitFor: name }));
  const run = await startRun(stage, { ...context, steps: [...steps, lastStep] });
  await effectSeen(stage, run, "command-1");
  const firstRun = await currentRun(stage, run.id);
  for (const [index, name] of names.entries()) {
    await effectSeen(stage, run, name);
    const turn = [await turnIdOf(stage, run)];
    const record = await stage.rows.lock(`SELECT FROM "Turn" WHERE id = $1 FOR NO KEY UPDATE`, turn);
    await letGo(stage, run, name);
    await record.blocks();
    const row = await holdNext(stage, run.id, record);
    if ((await currentRun(stage, run.id)) === firstRun) {
      await row.release();
      continue;
    }
    return {
      run,
      async release() {
        await row.release();
        for (const later of names.slice(index + 1)) await letGo(stage, run, later);
      },
    };
  }
  throw new Error(`${run.marker} was never continued as new`);
}

export const threadPoints: Point[] = [
  { name: "at continue-as-new", park: holdContinuation },
  { name: "while a prompt is written", park: holdPrompt },
  { name: "while a first prompt is written", park: holdFirstPrompt },
];
