import type { ParkContext, Parked, Point } from "./points.ts";
import { holdRepository } from "./repository-lock.ts";
import { commandStep, fileStep, lastStep, type Step } from "./script.ts";
import { effectSeen, letGo, startRun, type ThreadRun, turnIdOf } from "./thread-run.ts";

/** Points within one step of a turn. The step in question is the second one; a step before and one after it go by. */
const step = 1;
const place = (marker: string) => ({ marker, turn: 1, step });
const plan = (middle: Step): Step[] => [fileStep("first.txt"), middle, commandStep("after"), lastStep];

async function start(context: ParkContext, middle: Step): Promise<ThreadRun> {
  return startRun(context.stage, { ...context, steps: plan(middle) });
}

/** A thread whose command has had its effect and waits until it may end. */
async function startWaiting(context: ParkContext): Promise<{ run: ThreadRun; end: () => Promise<void> }> {
  const run = await start(context, commandStep("middle", { waitFor: "go" }));
  await effectSeen(context.stage, run, "middle");
  return { run, end: () => letGo(context.stage, run, "go") };
}

async function holdModel(context: ParkContext, at: "start" | "middle"): Promise<Parked> {
  const held = context.stage.model.hold(place(context.marker), at);
  const run = await start(context, commandStep("middle"));
  await held.reached;
  return { run, release: held.release };
}

async function holdAnswer(context: ParkContext): Promise<Parked> {
  const { stage, marker } = context;
  const held = stage.model.hold(place(marker), "middle");
  const run = await start(context, commandStep("middle"));
  await held.reached;
  const id = `${await turnIdOf(stage, run)}/${step}`;
  const lock = await stage.rows.lock(`SELECT FROM "ModelStep" WHERE id = $1 FOR UPDATE`, [id]);
  held.release();
  await lock.blocks();
  return { run, release: lock.release };
}

/** The second call of a step: its item is there before it is claimed. */
async function holdClaim(context: ParkContext): Promise<Parked> {
  const { stage } = context;
  const two: Step = {
    text: "Two calls: one two three four five six.",
    effects: [
      { type: "command", line: "middle", waitFor: "go" },
      { type: "command", line: "claimed" },
    ],
  };
  const run = await start(context, two);
  await effectSeen(stage, run, "middle");
  const id = `${await turnIdOf(stage, run)}/${step}/1`;
  const lock = await stage.rows.lock(`SELECT FROM "Item" WHERE id = $1 FOR UPDATE`, [id]);
  await letGo(stage, run, "go");
  await lock.blocks();
  return { run, release: lock.release };
}

async function holdResult(context: ParkContext): Promise<Parked> {
  const { stage } = context;
  const { run, end } = await startWaiting(context);
  const id = `${await turnIdOf(stage, run)}/${step}/0`;
  const lock = await stage.rows.lock(`SELECT FROM "Item" WHERE id = $1 FOR UPDATE`, [id]);
  await end();
  await lock.blocks();
  return { run, release: lock.release };
}

async function holdCheckpoint(context: ParkContext): Promise<Parked> {
  const { run, end } = await startWaiting(context);
  const held = await holdRepository(context.stage.store(context.projectId));
  await end();
  await held.blocks();
  return { run, release: held.release };
}

async function holdCheckpointRecord(context: ParkContext): Promise<Parked> {
  const { stage } = context;
  const { run, end } = await startWaiting(context);
  const id = await turnIdOf(stage, run);
  const lock = await stage.rows.lock(`SELECT FROM "Turn" WHERE id = $1 FOR NO KEY UPDATE`, [id]);
  await end();
  await lock.blocks();
  return { run, release: lock.release };
}

export const stepPoints: Point[] = [
  { name: "before the first model byte", park: (context) => holdModel(context, "start") },
  { name: "in mid-stream", park: (context) => holdModel(context, "middle") },
  { name: "between answer and record", park: holdAnswer },
  { name: "between tool call and `started`", park: holdClaim },
  {
    name: "in mid-command",
    async park(context) {
      const { run, end } = await startWaiting(context);
      return { run, release: end };
    },
  },
  { name: "between effect and result", park: holdResult },
  { name: "in mid-checkpoint", park: holdCheckpoint },
  { name: "between checkpoint and record", park: holdCheckpointRecord },
];
