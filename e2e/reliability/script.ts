/** What a step's tool call does, in a way that can be checked afterwards. */
export type Effect =
  | {
      /** Appends `line`, unique in the thread, to `effects.txt`; then waits. */
      type: "command";
      line: string;
      waitFor?: string;
      sleepMs?: number;
    }
  | { type: "file"; path: string; content: string };

/** One answer of the model: its text, and the calls that it makes. Without calls it is the turn's last. */
export type Step = { text: string; effects: Effect[] };

/** How slowly the model answers: before the first byte, and before each piece of the text. */
export type Pace = { firstMs: number; pieceMs: number };

export const effectsFile = "effects.txt";
const instantly: Pace = { firstMs: 0, pieceMs: 0 };

/** The prompt that makes the played model (and the demo server's scenarios) answer with these steps. */
export function promptOf(marker: string, steps: readonly Step[], pace: Pace = instantly): string {
  const plan = steps.map(({ text, effects }) => ({ text, calls: effects.map(callOf) }));
  return `Run ${marker} first=${pace.firstMs} piece=${pace.pieceMs}\n${JSON.stringify(plan)}`;
}

export type Head = Pace & { marker: string };

/** What the first line of a prompt says; also of a request for a title, which quotes the prompt. */
export function readHead(prompt: string): Head {
  const [, marker = "", first, piece] = /Run (\S+) first=(\d+) piece=(\d+)/.exec(prompt) ?? [];
  return { marker, firstMs: Number(first ?? 0), pieceMs: Number(piece ?? 0) };
}

function callOf(effect: Effect): { name: string; arguments: Record<string, string> } {
  return effect.type === "file"
    ? { name: "write_file", arguments: { path: effect.path, content: effect.content } }
    : { name: "shell", arguments: { command: commandOf(effect) } };
}

export function commandOf(effect: Extract<Effect, { type: "command" }>): string {
  const { line, waitFor, sleepMs = 0 } = effect;
  const commands = [`echo ${line} >> ${effectsFile}`];
  if (waitFor !== undefined) commands.push(`until [ -e /tmp/${waitFor} ]; do sleep 0.05; done`);
  if (sleepMs > 0) commands.push(`sleep ${sleepMs / 1000}`);
  return commands.join("; ");
}

/** A step with one command; its text is long enough to be held in its middle. */
export function commandStep(line: string, options: { waitFor?: string; sleepMs?: number } = {}): Step {
  return { text: `${line}: one two three four five six.`, effects: [{ type: "command", line, ...options }] };
}

export function fileStep(path: string): Step {
  const content = `${path}\nis written once\n`;
  return { text: `${path}: one two three four five six.`, effects: [{ type: "file", path, content }] };
}

export const lastStep: Step = { text: "This turn is done: one two three four five six.", effects: [] };
