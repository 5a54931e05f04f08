import { cleanText } from "./clean-text.ts";
import type { ModelFinishReason, ModelMessage, ModelToolCall } from "./models/port.ts";
import { type AskedCall, findRepeat, type PastCall } from "./repeats.ts";

/** What became of a tool call. `forModel` may be empty; of an interrupted call it is the output seen so far. */
export type ToolResultHistory = {
  status: "completed" | "failed" | "declined" | "interrupted";
  forModel: string;
};

/** A tool call of the past. `result` is null for a call that never started (the turn ended before it). */
export type ToolCallHistory = ModelToolCall & { result: ToolResultHistory | null };

/** One answer of the model and what its tool calls gave, in the order the model made them. */
export type StepHistory = { text: string; toolCalls: ToolCallHistory[] };

/** A prompt that was taken in between two steps. */
export type SteeredPrompt = { steered: string };

/** What has happened to the thread after a step, for the model to know. */
export type StepNote = { note: string };

/** One prompt and all that was said and done for it so far; `cut` says how it ended if it did not come to its end. */
export type TurnHistory = {
  prompt: string;
  steps: (StepHistory | SteeredPrompt | StepNote)[];
  cut?: "interrupted" | "failed" | null;
};

/**
 * The messages of the next model request: the system prompt, then every turn in order.
 * Whatever the history holds, the result is acceptable to providers: each tool call has exactly one result right after it,
 * call ids are unique, names and arguments well-formed, no message empty, and the last word is never the model's own.
 */
export function buildMessages(conversation: { system: string; turns: TurnHistory[] }): ModelMessage[] {
  const messages: ModelMessage[] = [{ role: "system", content: cleanText(conversation.system) }];
  const uniqueId = uniqueIds();
  for (const turn of conversation.turns) {
    messages.push(fromUser(turn.prompt));
    for (const step of turn.steps) {
      if ("note" in step) addNote(messages, step.note);
      else messages.push(...("steered" in step ? [fromUser(step.steered)] : stepMessages(step, uniqueId)));
    }
    if (turn.cut) messages.push(fromUser(cutSentence[turn.cut]));
  }
  if (messages.at(-1)?.role === "assistant") messages.push(fromUser("(Go on where you stopped.)"));
  return messages;
}

const cutSentence = {
  interrupted: "(The user interrupted the turn here.)",
  failed: "(The turn ended here before it was done, because of a failure outside the conversation.)",
};

/** Stands with what the model has been told last, as it is nobody's prompt. */
function addNote(messages: ModelMessage[], note: string): void {
  const last = messages.at(-1);
  const text = `(${cleanText(note)})`;
  if (last === undefined || last.role === "assistant") messages.push(fromUser(text));
  else messages.splice(-1, 1, { ...last, content: `${last.content}\n\n${text}` });
}

function fromUser(text: string): ModelMessage {
  return { role: "user", content: cleanText(text) || "(empty message)" };
}

function stepMessages(step: StepHistory, uniqueId: (id: string) => string): ModelMessage[] {
  const content = cleanText(step.text);
  if (step.toolCalls.length === 0) return content.trim() === "" ? [] : [{ role: "assistant", content }];
  const calls = step.toolCalls.map((call) => ({ ...call, id: uniqueId(cleanText(call.id)) }));
  return [
    {
      role: "assistant",
      content,
      toolCalls: calls.map(({ id, name, arguments: text }) => ({
        id,
        name: safeName(name),
        arguments: safeArguments(text),
      })),
    },
    ...calls.map(({ id, result }): ModelMessage => ({ role: "tool", toolCallId: id, content: resultText(result) })),
  ];
}

/** Some models number their calls anew in each answer ("shell:0"); providers refuse an id seen before. */
function uniqueIds(): (id: string) => string {
  const seen = new Set<string>();
  return (id) => {
    const wanted = id || "call";
    let unique = wanted;
    for (let count = 2; seen.has(unique); count++) unique = `${wanted}_${count}`;
    seen.add(unique);
    return unique;
  };
}

/** Providers refuse a whole request for a name outside `[A-Za-z0-9_-]{1,64}`, even if their own model made it up. */
function safeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) || "unknown";
}

/** Providers parse past arguments: what is not a JSON object is wrapped in one, so that the model still sees what it wrote. */
function safeArguments(text: string): string {
  const cleaned = cleanText(text);
  try {
    const value: unknown = JSON.parse(cleaned);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return cleaned;
  } catch {
    if (cleaned.trim() === "") return "{}";
  }
  return JSON.stringify({ malformed_arguments: cleaned });
}

function resultText(result: ToolResultHistory | null): string {
  if (result === null) return "Not run: the turn ended before this call started. It had no effect.";
  const output = cleanText(result.forModel);
  if (result.status !== "interrupted") return output || `(${result.status}, no output)`;
  const sentence =
    "Interrupted: this call was started and did not finish. Its effect is unknown: it may have happened fully, partly or not at all. Check the state before you repeat it.";
  return output ? `${sentence}\nOutput until then:\n${output}` : sentence;
}

/** How much one turn may do. */
export type TurnLimits = { maxSteps: number; maxDurationMs: number; maxTokens: number };

export const defaultTurnLimits: TurnLimits = { maxSteps: 100, maxDurationMs: 2 * 60 * 60 * 1000, maxTokens: 4_000_000 };

export type TurnStopCode =
  | "STEP_LIMIT"
  | "TIME_LIMIT"
  | "TOKEN_LIMIT"
  | "OUTPUT_LIMIT"
  | "CONTENT_FILTERED"
  | "REPEATED_FAILURE";

export type NextAction =
  | { type: "runTools" }
  | { type: "finish"; reason: "stop" }
  | { type: "stop"; code: TurnStopCode; sentence: string };

/**
 * What one finished answer means for the turn. Times are milliseconds since the epoch, tokens are input plus output; all
 * is counted from where the turn was begun or last tried again.
 */
export type TurnProgress = {
  /** Answers of the model so far, this one included. */
  step: number;
  startedAt: number;
  now: number;
  usedTokens: number;
  /** What this answer asks for. */
  asked: readonly AskedCall[];
  /** The calls before it that have ended, oldest first; the last few are enough. */
  past: readonly PastCall[];
  finishReason: ModelFinishReason;
  limits: TurnLimits;
};

/** Decides after each answer: run its tool calls (then ask the model again), finish the turn, or stop it with a reason for people. */
export function nextAction(progress: TurnProgress): NextAction {
  const { finishReason, limits } = progress;
  if (finishReason === "content_filter") {
    return stop("CONTENT_FILTERED", "The provider's content filter ended the answer.");
  }
  if (progress.asked.length === 0) {
    return finishReason === "length"
      ? stop("OUTPUT_LIMIT", "The answer reached the model's output limit and is incomplete.")
      : { type: "finish", reason: "stop" };
  }
  if (progress.step >= limits.maxSteps) {
    return stop("STEP_LIMIT", `The turn reached its limit of ${limits.maxSteps} steps.`);
  }
  if (progress.now - progress.startedAt >= limits.maxDurationMs) {
    return stop("TIME_LIMIT", `The turn reached its limit of ${Math.round(limits.maxDurationMs / 60_000)} minutes.`);
  }
  if (progress.usedTokens >= limits.maxTokens) {
    return stop("TOKEN_LIMIT", `The turn reached its limit of ${limits.maxTokens.toLocaleString("en")} tokens.`);
  }
  const repeat = findRepeat(progress.past, progress.asked);
  if (repeat) return { type: "stop", code: "REPEATED_FAILURE", sentence: repeatSentence(repeat.call, repeat.times) };
  return { type: "runTools" };
}

function stop(code: TurnStopCode, sentence: string): NextAction {
  return { type: "stop", code, sentence: `${sentence} Send a message to go on.` };
}

/** Of a call that runs a shell command: what people know it by. */
function commandOf(text: string): string | null {
  try {
    const { command } = JSON.parse(text) as { command?: unknown };
    return typeof command === "string" ? command : null;
  } catch {
    return null;
  }
}

function repeatSentence({ name, arguments: text }: AskedCall, times: number): string {
  const asked = commandOf(text) ?? `${name} ${text}`;
  const short = cleanText(asked.length > 200 ? `${asked.slice(0, 200)}…` : asked);
  return `The agent asked again for a call that had failed ${times} times: ${short}\nSend a message that tells it what to do instead.`;
}
