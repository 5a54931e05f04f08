import type { ParkContext, Parked, Point } from "./points.ts";
import { holdRepository } from "./repository-lock.ts";
import { commandStep, fileStep, lastStep } from "./script.ts";
import { allIdle, commit, startRun, type ThreadRun } from "./thread-run.ts";

/** A thread whose turn is over and whose commit waits for the repository. */
async function startCommit(context: ParkContext): Promise<{ run: ThreadRun; release: () => void }> {
  const { stage } = context;
  const steps = [fileStep("first.txt"), commandStep("middle"), lastStep];
  const run = await startRun(stage, { ...context, steps });
  await allIdle(stage, [run]);
  const held = await holdRepository(stage.store(context.projectId));
  await commit(stage, run);
  await held.blocks();
  return { run, release: held.release };
}

async function holdCommitRecord(context: ParkContext): Promise<Parked> {
  const { rows } = context.stage;
  const { run, release } = await startCommit(context);
  const pending = `"ThreadJob" WHERE "threadId" = $1 AND status = 'pending'`;
  const lock = await rows.lock(`SELECT FROM ${pending} FOR UPDATE`, [run.id]);
  release();
  await lock.blocks();
  return { run, release: lock.release };
}

export const commitPoints: Point[] = [
  { name: "in mid-commit", park: startCommit },
  { name: "between commit and record", park: holdCommitRecord },
];
