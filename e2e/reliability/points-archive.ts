import { existsSync } from "node:fs";
import { chown, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { holdNext, threadLock } from "./hold-next.ts";
import type { ParkContext, Parked, Point } from "./points.ts";
import { holdRepository } from "./repository-lock.ts";
import { commandStep, fileStep, lastStep } from "./script.ts";
import type { Stage } from "./stage.ts";
import { allIdle, askForJob, startRun, type ThreadRun } from "./thread-run.ts";

const late = "late.txt";

/** A thread that has come to rest, with a file that no checkpoint has yet. */
async function startIdle(context: ParkContext): Promise<ThreadRun> {
  const { stage } = context;
  const steps = [fileStep("first.txt"), commandStep("middle"), lastStep];
  const run = await startRun(stage, { ...context, steps });
  await allIdle(stage, [run]);
  const tree = join(stage.worktree(run.id), "tree");
  const { uid, gid } = await stat(tree);
  await writeFile(join(tree, late), "comes after the last step\n");
  await chown(join(tree, late), uid, gid);
  run.ownFiles.push(late);
  run.notices.push("archived", "restored");
  return run;
}

/** Its archive begins with a checkpoint of what is new, which waits for the repository. */
async function startArchive(context: ParkContext) {
  const run = await startIdle(context);
  const held = await holdRepository(context.stage.store(context.projectId));
  await askForJob(context.stage, run, "archive");
  await held.blocks();
  return { run, release: held.release };
}

async function holdArchive(context: ParkContext): Promise<Parked> {
  const { run, release } = await startArchive(context);
  return { run, release, afterwards: () => seeArchived(context.stage, run) };
}

/** The file is made; the checkpoint's record was held first, so that the lock is there in time. */
async function holdArchiveRecord(context: ParkContext): Promise<Parked> {
  const { stage } = context;
  const { run, release } = await startArchive(context);
  const first = await stage.rows.lock(threadLock, [run.id]);
  release();
  await first.blocks();
  const lock = await holdNext(stage, run.id, first);
  return { run, release: lock.release, afterwards: () => seeArchived(stage, run) };
}

/** The files are back, and that is about to be written. */
async function holdRestore(context: ParkContext): Promise<Parked> {
  const { stage } = context;
  const run = await startIdle(context);
  await askForJob(stage, run, "archive");
  await allIdle(stage, [run]);
  const wrongs = await seeSetAside(stage, run);
  const request = await stage.rows.lock(threadLock, [run.id]);
  const asked = askForJob(stage, run, "restore");
  await request.blocks();
  const claim = await holdNext(stage, run.id, request);
  await asked;
  const pending = `SELECT FROM "ThreadJob" WHERE "threadId" = $1 AND status = 'pending' FOR UPDATE`;
  const end = await stage.rows.lock(pending, [run.id]);
  await claim.release();
  await end.blocks();
  return { run, release: end.release, afterwards: async () => wrongs };
}

async function seeArchived(stage: Stage, run: ThreadRun): Promise<string[]> {
  const wrongs = await seeSetAside(stage, run);
  await askForJob(stage, run, "restore");
  await allIdle(stage, [run]);
  return wrongs;
}

async function seeSetAside(stage: Stage, run: ThreadRun): Promise<string[]> {
  const { status } = await stage.client.get<{ status: string }>(`/threads/${run.id}`);
  return [
    ...(status === "archived" ? [] : [`${run.marker}: the thread is ${status} instead of archived`]),
    ...(existsSync(stage.worktree(run.id))
      ? [`${run.marker}: the worktree of the archived thread is still there`]
      : []),
  ];
}

export const archivePoints: Point[] = [
  { name: "in mid-archive", park: holdArchive },
  { name: "between archive and record", park: holdArchiveRecord },
  { name: "in mid-restore", park: holdRestore },
];
