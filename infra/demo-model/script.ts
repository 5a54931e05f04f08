import type { PastCall, PastTurn } from "./conversation.ts";
import type { Answer, AnswerCall } from "./wire.ts";

/** The results of one step, in the order of its calls. */
export type StepResults = PastCall[];

/**
 * What the demo does for one prompt: yields answers with tool calls, is given their results, returns the final text.
 * It must be deterministic: for each request it is played from its beginning with the recorded results.
 */
export type Script = Generator<Answer, string, StepResults>;

/** One step of a script. */
export function step(text: string, ...calls: AnswerCall[]): Answer {
  return { text, calls };
}

/** The answer that comes next, given what the turn has seen so far. */
export function nextAnswer(script: Script, turn: PastTurn): Answer {
  let next = script.next();
  for (const results of turn.steps) {
    if (next.done) break;
    next = script.next(results);
  }
  return next.done ? { text: next.value, calls: [] } : next.value;
}
