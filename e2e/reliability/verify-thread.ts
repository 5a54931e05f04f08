import { isDeepStrictEqual } from "node:util";
import type { Item } from "./followers.ts";
import { commandOf, type Effect, type Step } from "./script.ts";
import type { Stage } from "./stage.ts";
import { effectsOf, type ThreadRun } from "./thread-run.ts";
import { until } from "./until.ts";
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
export type TurnRow = { id: string; number: number; status: string };

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
  const commands = items.filter((item) => item.type === "commandExecution");
  const completed = commands.filter((item) => item.status === "completed");
  const expected = turns.flatMap((turn, index) => expectedItems(turn.id, run.turns[index] ?? []));
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

const lineOf = (item: Item) => /^echo (\S+) >>/.exec(item.command ?? "")?.[1] ?? "";

/** Each prompt, answer and call that the script foresees is there once, in its order, and nothing else. */
function verifyItems(run: ThreadRun, turns: readonly TurnRow[], items: readonly Item[]): string[] {
  const wrongs: string[] = [];
  if (new Set(items.map((item) => item.id)).size !== items.length) wrongs.push("an item is there twice");
  if (turns.length !== run.turns.length)
    wrongs.push(`${run.turns.length} prompts were sent, ${turns.length} are there`);
  for (const [index, turn] of turns.entries()) {
    if (turn.status !== "completed") wrongs.push(`turn ${turn.number} is ${turn.status}`);
    const expected = expectedItems(turn.id, run.turns[index] ?? []);
    const found = items.filter((item) => item.turnId === turn.id);
    const text = ({ id, type }: { id: string; type: string }) => `${id.slice(turn.id.length)} ${type}`;
    if (!isDeepStrictEqual(found.map(text), expected.map(text)))
      wrongs.push(`turn ${turn.number} has ${found.map(text)} instead of ${expected.map(text)}`);
    for (const item of found) {
      const wanted = expected.find(({ id }) => id === item.id);
      const mayBeCut = item.type === "commandExecution" || item.type === "fileChange";
      if (item.status !== "completed" && !(mayBeCut && item.status === "interrupted"))
        wrongs.push(`${item.id} is ${item.status}`);
      if (wanted?.text !== undefined && wanted.text !== (item.command ?? item.text))
        wrongs.push(`${item.id} says "${item.command ?? item.text}" instead of "${wanted.text}"`);
    }
  }
  return wrongs;
}

function expectedItems(turnId: string, steps: readonly Step[]): { id: string; type: string; text?: string }[] {
  const ofStep = ({ text, effects }: Step, step: number) => [
    { id: `${turnId}/${step}`, type: "agentMessage", text },
    ...effects.map((effect, index) => ({ id: `${turnId}/${step}/${index}`, ...expectedCall(effect) })),
  ];
  return [{ id: `${turnId}/user`, type: "userMessage" }, ...steps.flatMap(ofStep)];
}

function expectedCall(effect: Effect): { type: string; text?: string } {
  return effect.type === "file" ? { type: "fileChange" } : { type: "commandExecution", text: commandOf(effect) };
}

/** A completed command has written its line once, an interrupted one at most once, all in the order of the items. */
function verifyEffects(items: readonly Item[], lines: readonly string[]): string[] {
  const commands = items.filter((item) => item.type === "commandExecution");
  const possible = commands.filter((item) => item.status === "completed" || lines.includes(lineOf(item))).map(lineOf);
  return isDeepStrictEqual(lines, possible) ? [] : [`the commands wrote ${lines} where their items say ${possible}`];
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
    await until(() => follower.cursor() >= last, `${follower.name} has all changes`, 30_000).catch((error: Error) =>
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
