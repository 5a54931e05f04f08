import { isDeepStrictEqual } from "node:util";
import type { Item } from "./followers.ts";
import { commandOf, type Effect, type Step } from "./script.ts";
import type { ThreadRun } from "./thread-run.ts";

export type TurnRow = { id: string; number: number; status: string };
type ExpectedItem = { id: string; type: string; text?: string };

/** The line that a command writes. */
export const lineOf = (item: Item) => /^echo (\S+) >>/.exec(item.command ?? "")?.[1] ?? "";

/** The agent's commands, without setup scripts. */
export const commandsOf = (items: readonly Item[]) =>
  items.filter((item) => item.type === "commandExecution" && item.purpose === undefined);

/** Each prompt, answer and call that the script foresees is there once, in its order, and nothing else. */
export function verifyItems(run: ThreadRun, turns: readonly TurnRow[], items: readonly Item[]): string[] {
  const wrongs: string[] = [];
  if (new Set(items.map((item) => item.id)).size !== items.length) wrongs.push("an item is there twice");
  if (turns.length !== run.turns.length)
    wrongs.push(`${run.turns.length} prompts were sent, ${turns.length} are there`);
  const told = items.filter((item) => item.type === "notice").map((item) => item.kind);
  if (!isDeepStrictEqual(told, run.notices)) wrongs.push(`the notices are ${told} instead of ${run.notices}`);
  const setups = items.filter((item) => item.purpose === "setup");
  if (setups.length > 0 && setups.at(-1)?.status !== "completed") wrongs.push("the worktree was not set up");

  for (const [index, turn] of turns.entries()) {
    const status = isInterrupted(run, index) ? "interrupted" : "completed";
    if (turn.status !== status) wrongs.push(`turn ${turn.number} is ${turn.status} instead of ${status}`);
    const expected = expectedItems(run, turn, index);
    const found = items.filter(
      (item) => item.turnId === turn.id && item.type !== "notice" && item.purpose === undefined,
    );
    const text = ({ id, type }: { id: string; type: string }) => `${id.slice(turn.id.length)} ${type}`;
    if (!isDeepStrictEqual(found.map(text), expected.map(text)))
      wrongs.push(`turn ${turn.number} has ${found.map(text)} instead of ${expected.map(text)}`);
    wrongs.push(
      ...found.flatMap((item) =>
        verifyItem(
          item,
          expected.find(({ id }) => id === item.id),
        ),
      ),
    );
  }
  return wrongs;
}

function verifyItem(item: Item, wanted: ExpectedItem | undefined): string[] {
  const mayBeCut = item.type === "commandExecution" || item.type === "fileChange";
  const ended = item.status === "completed" || (mayBeCut && item.status === "interrupted");
  const says = item.command ?? item.text;
  const fits = wanted?.text === undefined || wanted.text === says;
  return [
    ...(ended ? [] : [`${item.id} is ${item.status}`]),
    ...(fits ? [] : [`${item.id} says "${says}" instead of "${wanted?.text}"`]),
  ];
}

const isInterrupted = ({ interruptedAt, turns }: ThreadRun, index: number) =>
  interruptedAt !== undefined && index === turns.length - 1;

/** Of the n-th turn, from 0: its prompt and what every step brings; of an interrupted one, the steps until then. */
export function expectedItems(run: ThreadRun, { id: turnId }: TurnRow, index: number): ExpectedItem[] {
  const all = run.turns[index] ?? [];
  const steps = isInterrupted(run, index) ? all.slice(0, (run.interruptedAt ?? 0) + 1) : all;
  const ofStep = ({ text, effects }: Step, step: number) => [
    { id: `${turnId}/${step}`, type: "agentMessage", text },
    ...effects.map((effect, call) => ({ id: `${turnId}/${step}/${call}`, ...expectedCall(effect) })),
  ];
  return [{ id: `${turnId}/user`, type: "userMessage" }, ...steps.flatMap(ofStep)];
}

function expectedCall(effect: Effect): { type: string; text?: string } {
  return effect.type === "file" ? { type: "fileChange" } : { type: "commandExecution", text: commandOf(effect) };
}

/** A completed command has written its line once, an interrupted one at most once, all in the order of the items. */
export function verifyEffects(items: readonly Item[], lines: readonly string[]): string[] {
  const commands = commandsOf(items);
  const possible = commands.filter((item) => item.status === "completed" || lines.includes(lineOf(item))).map(lineOf);
  return isDeepStrictEqual(lines, possible) ? [] : [`the commands wrote ${lines} where their items say ${possible}`];
}
