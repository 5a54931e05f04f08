import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Refused } from "./client.ts";
import { type Follower, followByPolling, followByStream } from "./followers.ts";
import type { Random } from "./random.ts";
import { effectsFile, type Pace, promptOf, type Step } from "./script.ts";
import { modelName, type Stage } from "./stage.ts";
import { until } from "./until.ts";

/** A thread under test: what it was told to do, and who watches it. */
export type ThreadRun = {
  marker: string;
  id: string;
  projectId: string;
  /** The steps of each turn sent so far. */
  turns: Step[][];
  followers: Follower[];
  committed: boolean;
  /** The last turn was interrupted, at this step. */
  interruptedAt?: number;
  /** Kinds of what Heddle is to tell in the conversation, in order. */
  notices: string[];
  /** Files that the harness has put into the worktree. */
  ownFiles: string[];
};

export type RunOptions = { marker: string; projectId: string; steps: Step[]; random: Random; pace?: Pace };

/** Starts a thread, however often that takes, and follows it from its beginning. */
export async function startRun(stage: Stage, options: RunOptions): Promise<ThreadRun> {
  const { marker, projectId, steps, random, pace } = options;
  const path = `/projects/${projectId}/threads`;
  const input = { prompt: promptOf(marker, steps, pace), model: modelName, title: marker };
  const { id } = await stage.client.post<{ id: string }>(path, input, `start:${marker}`).catch(async (error) => {
    const threads = tookEffect(error) ? await stage.client.get<{ id: string; title: string }[]>(path) : [];
    const made = threads.find(({ title }) => title === marker);
    if (!made) throw error;
    return made;
  });
  const followers = [
    followByStream(stage.client, id, random.fork("stream")),
    followByPolling(stage.client, id, random.fork("poll")),
  ];
  return { marker, id, projectId, turns: [steps], followers, committed: false, notices: [], ownFiles: [] };
}

/** Sends the thread its next prompt, however often that takes. */
export async function sendTurn(stage: Stage, run: ThreadRun, steps: Step[], pace?: Pace): Promise<void> {
  run.turns.push(steps);
  const input = { prompt: promptOf(run.marker, steps, pace) };
  const key = `turn:${run.marker}:${run.turns.length}`;
  await stage.client.post(`/threads/${run.id}/turns`, input, key).catch((error) => {
    if (!tookEffect(error)) throw error;
  });
}

/** The first request did what it was to do, and died before its answer was kept. */
const tookEffect = (error: unknown) => error instanceof Refused && error.code === "IDEMPOTENCY_LOST";

/** Asks for a commit of what the thread has done. */
export async function commit(stage: Stage, run: ThreadRun): Promise<void> {
  run.committed = true;
  await askForJob(stage, run, "commit", { message: `Commit of ${run.marker}` });
}

/** Asks for work on the thread's files. It may take longer than its request lives: look at the thread. */
export async function askForJob(
  stage: Stage,
  run: ThreadRun,
  kind: "commit" | "archive" | "restore",
  body: object = {},
): Promise<void> {
  stage.client.post(`/threads/${run.id}/${kind}`, body, `${kind}:${run.marker}`).catch(() => undefined);
  const asked = `SELECT FROM "ThreadJob" WHERE "threadId" = $1 AND kind::text = $2`;
  await until(
    async () => (await stage.rows.query(asked, [run.id, kind])).length > 0,
    `the ${kind} of ${run.marker} was asked for`,
  );
}

/** Waits until everything that was asked of these threads has come to an end. */
export async function allIdle(stage: Stage, runs: readonly ThreadRun[], patienceMs?: number): Promise<void> {
  const ids = runs.map((run) => run.id);
  const open = async () => {
    const rows = await stage.rows.query<{ title: string }>(
      `SELECT t.title FROM "Thread" t WHERE t.id = ANY($1) AND (t.status = 'running'
         OR EXISTS (SELECT 1 FROM "ThreadJob" j WHERE j."threadId" = t.id AND j.status = 'pending'))`,
      [ids],
    );
    return rows.map((row) => row.title);
  };
  let last: string[] = [];
  const idle = async () => {
    last = await open();
    return last.length === 0;
  };
  await until(idle, "all threads are idle", { patienceMs, pollMs: 100 }).catch(() => {
    throw new Error(`These threads do not end: ${last.join(", ")}.`);
  });
}

export async function stopFollowing(run: ThreadRun): Promise<void> {
  await Promise.all(run.followers.map((follower) => follower.stop()));
}

/** The lines that the thread's commands have written so far. */
export async function effectsOf(stage: Stage, run: ThreadRun): Promise<string[]> {
  const file = join(stage.worktree(run.id), "tree", effectsFile);
  return (await readFile(file, "utf8").catch(() => "")).split("\n").filter(Boolean);
}

/** Waits until a command has had its effect. */
export async function effectSeen(stage: Stage, run: ThreadRun, line: string): Promise<void> {
  await until(async () => (await effectsOf(stage, run)).includes(line), `${run.marker} has written ${line}`);
}

/** Lets a command go on that waits for `name`. */
export async function letGo(stage: Stage, run: ThreadRun, name: string): Promise<void> {
  const folder = join(stage.worktree(run.id), "tmp");
  if (existsSync(folder)) await writeFile(join(folder, name), "");
}

/** Of the turn that was sent last. */
export async function turnIdOf(stage: Stage, run: ThreadRun): Promise<string> {
  const sql = `SELECT id FROM "Turn" WHERE "threadId" = $1 ORDER BY number DESC LIMIT 1`;
  const [turn] = await stage.rows.query<{ id: string }>(sql, [run.id]);
  if (!turn) throw new Error(`${run.marker} has no turn`);
  return turn.id;
}
