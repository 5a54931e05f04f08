import { isDeepStrictEqual } from "node:util";
import type { Item } from "./followers.ts";
import type { Stage } from "./stage.ts";
import { effectsOf, type ThreadRun } from "./thread-run.ts";
import { until } from "./until.ts";
import { commandsOf, expectedItems, lineOf, type TurnRow, verifyEffects, verifyItems } from "./verify-items.ts";
import { verifyUsage } from "./verify-usage.ts";
import { verifyWorktree } from "./verify-worktree.ts";

export type ThreadView = {
  status: string;
  seq: number;
  lastCheckpoint: string | null;
  headCommit: string | null;
  baseCommit: string;
  branch: string;
  filesModified: number;
  usage: { inputTokens: number; outputTokens: number; costUsd: number };
};

/** What was found of a thread, or of many. */
export type Figures = {
  turns: number;
  commands: number;
  /** Commands whose fate is unknown. */
  cutCommands: number;
  /** Answers of the model that were asked for again. */
  cutAnswers: number;
  /** Prompts, items or effects that should be there and are not. */
  lost: number;
  twice: number;
};

/** `wrongs`: what does not hold, in sentences. */
export type Verdict = { wrongs: string[]; figures: Figures };

/** Everything that must hold of a thread which has come to rest. */
export async function verifyThread(stage: Stage, run: ThreadRun): Promise<Verdict> {
  const thread = await stage.client.get<ThreadView>(`/threads/${run.id}`);
  const { items } = await stage.client.get<{ items: Item[] }>(`/threads/${run.id}/items`);
  const turns = await stage.client.get<TurnRow[]>(`/threads/${run.id}/turns`);
  const lines = await effectsOf(stage, run);
  const usage = await verifyUsage(stage, run, thread, turns);
  const wrongs = [
    ...(thread.status === "idle" ? [] : [`the thread is ${thread.status}`]),
    ...verifyItems(run, turns, items),
    ...verifyEffects(items, lines),
    ...(await verifyNumbers(stage, run, thread)),
    ...(await verifyFollowers(run, thread, items)),
    ...usage.wrongs,
    ...(await verifyWorktree(stage, run, thread, items)),
  ];
  return {
    wrongs: wrongs.map((wrong) => `${run.marker} (${run.id}): ${wrong}`),
    figures: { ...count(run, turns, items, lines), turns: turns.length, cutAnswers: usage.cutAnswers },
  };
}

function count(run: ThreadRun, turns: readonly TurnRow[], items: readonly Item[], lines: readonly string[]) {
  const commands = commandsOf(items);
  const completed = commands.filter((item) => item.status === "completed");
  const expected = turns.flatMap((turn, index) => expectedItems(run, turn, index));
  const there = new Set(items.map((item) => item.id));
  const missing = [
    expected.filter(({ id }) => !there.has(id)).length,
    completed.filter((item) => !lines.includes(lineOf(item))).length,
    Math.max(0, run.turns.length - turns.length),
  ];
  const repeated = [
    items.length - there.size,
    lines.length - new Set(lines).size,
    Math.max(0, turns.length - run.turns.length),
  ];
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    commands: commands.length,
    cutCommands: commands.length - completed.length,
    lost: sum(missing),
    twice: sum(repeated),
  };
}

/** The numbers of all changes ever committed to the thread: each once, from 1 on. */
async function verifyNumbers(stage: Stage, run: ThreadRun, thread: ThreadView): Promise<string[]> {
  const changes = await stage.rows.query<{ seq: number; items: number }>(
    "SELECT seq, count(item)::int AS items FROM reliability.change WHERE thread = $1 GROUP BY seq ORDER BY seq",
    [run.id],
  );
  const holes = changes.filter(({ seq }, index) => seq !== index + 1).map(({ seq }) => seq);
  const shared = changes.filter(({ items }) => items > 1).map(({ seq }) => seq);
  return [
    ...(holes.length > 0 ? [`the numbers have holes before ${holes}`] : []),
    ...(shared.length > 0 ? [`two items share the numbers ${shared}`] : []),
    ...(changes.length === thread.seq ? [] : [`the thread counts ${thread.seq} changes, there were ${changes.length}`]),
  ];
}

/** Whoever followed the thread through the kill has what somebody has who opens it now. */
async function verifyFollowers(run: ThreadRun, thread: ThreadView, items: readonly Item[]): Promise<string[]> {
  const last = Math.max(...items.map((item) => item.seq));
  const wrongs: string[] = [];
  for (const follower of run.followers) {
    const upToDate = until(() => follower.cursor() >= last, `${follower.name} has all changes`, { patienceMs: 60_000 });
    await upToDate.catch((error: Error) =>
      wrongs.push(`${error.message} They have ${follower.cursor()} of ${thread.seq}.`),
    );
    for (const item of items) {
      if (!isDeepStrictEqual(follower.items.get(item.id), item))
        wrongs.push(`${follower.name} lacks ${item.id} as it is`);
    }
    if (follower.items.size !== items.length) wrongs.push(`${follower.name} has other items, too`);
    wrongs.push(...follower.wrongs);
  }
  return wrongs;
}
