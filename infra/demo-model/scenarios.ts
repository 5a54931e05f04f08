import type { Delivery } from "./answer-stream.ts";
import { type Conversation, currentTurn } from "./conversation.ts";
import { planAnswer } from "./scenario-plan.ts";
import { type Answer, call, errorBody } from "./wire.ts";

export const scenarioNames = [
  "scenario-tools",
  "scenario-slow",
  "scenario-429",
  "scenario-500",
  "scenario-cut",
  "scenario-hang",
  "scenario-malformed",
  "scenario-unknown-tool",
  "scenario-400",
  "scenario-401",
  "scenario-context",
];

/** How a request is answered: with an error, or with an answer that may come slowly or not to its end. */
export type Play =
  | { failure: { status: number; body: unknown; headers?: Record<string, string> } }
  | (Partial<Pick<Delivery, "chunkDelayMs" | "cutAfter" | "hangAfter" | "silent">> & { answer: Answer });

type Parameters = Map<string, string>;

const maxCounters = 20_000;

/** The test scenarios. Those that fail "the first times" count requests by the prompt's nonce; README.md lists them all. */
export function createScenarios() {
  const failures = new Map<string, number>();

  /** Whether this request is still one of those that fail. */
  function fails(name: string, parameters: Parameters, conversation: Conversation, defaultTimes: number): boolean {
    const turn = currentTurn(conversation);
    const step = parameters.get("step");
    if (step !== undefined && Number(step) !== turn.steps.length) return false;
    const key = `${name} ${parameters.get("nonce") ?? turn.prompt}`;
    const soFar = failures.get(key) ?? 0;
    if (soFar >= number(parameters, "times", defaultTimes)) return false;
    failures.set(key, soFar + 1);
    const oldest = failures.keys().next().value;
    if (failures.size > maxCounters && oldest !== undefined) failures.delete(oldest);
    return true;
  }

  return {
    /** `model` is the whole model id, which may carry parameters: `scenario-slow:tokens=50,delay=20`. */
    play(name: string, model: string, conversation: Conversation): Play {
      const turn = currentTurn(conversation);
      const parameters = readParameters(`${turn.prompt} ${model.slice(name.length)}`);
      const healthy: Play = {
        answer: planAnswer(turn.prompt, turn.steps.length),
        chunkDelayMs: number(parameters, "delay", 0),
      };
      const failing = (defaultTimes: number) => fails(name, parameters, conversation, defaultTimes);
      switch (name) {
        case "scenario-slow":
          return {
            answer:
              turn.steps.length > 0 ? healthy.answer : slowAnswer(healthy.answer, number(parameters, "tokens", 100)),
            chunkDelayMs: number(parameters, "delay", 20),
          };
        case "scenario-429":
          return failing(1) ? rateLimited(parameters.get("retryAfter") ?? "1") : healthy;
        case "scenario-500":
          return failing(1) ? failure(500, "The server had an error.", "server_error") : healthy;
        case "scenario-cut":
          return failing(1)
            ? { answer: withText(healthy.answer), cutAfter: number(parameters, "after", 5), chunkDelayMs: 5 }
            : healthy;
        case "scenario-hang":
          return failing(Number.POSITIVE_INFINITY) ? hang(healthy.answer, parameters.get("after") ?? "3") : healthy;
        case "scenario-malformed":
          return { ...healthy, answer: malformedOnce(turn.prompt, turn.steps.length) };
        case "scenario-unknown-tool":
          return { ...healthy, answer: unknownToolOnce(turn.prompt, turn.steps.length) };
        case "scenario-400":
          return failing(Number.POSITIVE_INFINITY)
            ? failure(400, "Invalid value for 'messages'.", "invalid_request_error", "invalid_value")
            : healthy;
        case "scenario-401":
          return failing(Number.POSITIVE_INFINITY)
            ? failure(401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key")
            : healthy;
        case "scenario-context":
          return failing(Number.POSITIVE_INFINITY)
            ? failure(
                400,
                "This model's maximum context length is 8192 tokens.",
                "invalid_request_error",
                "context_length_exceeded",
              )
            : healthy;
        default:
          return healthy;
      }
    },
  };
}

function readParameters(text: string): Parameters {
  return new Map([...text.matchAll(/\b([a-zA-Z]+)=([\w.-]+)/g)].map(([, name = "", value = ""]) => [name, value]));
}

function number(parameters: Parameters, name: string, fallback: number): number {
  const value = Number(parameters.get(name) ?? fallback);
  return Number.isNaN(value) ? fallback : value;
}

function failure(status: number, message: string, type: string, code: string | null = null): Play {
  return { failure: { status, body: errorBody(message, type, code) } };
}

/** `dateN` asks for a wait as an HTTP date N seconds from now, anything else is the header's value. */
function rateLimited(retryAfter: string): Play {
  const body = errorBody("Rate limit reached.", "requests", "rate_limit_exceeded");
  const seconds = /^date(\d+)$/.exec(retryAfter)?.[1];
  const value = seconds === undefined ? retryAfter : new Date(Date.now() + Number(seconds) * 1000).toUTCString();
  return { failure: { status: 429, body, headers: { "retry-after": value } } };
}

function hang(answer: Answer, after: string): Play {
  return after === "nothing" ? { answer, silent: true } : { answer: withText(answer), hangAfter: Number(after) };
}

/** A text long enough to be cut or to hang in its middle. */
function withText(answer: Answer): Answer {
  return { ...answer, text: `${answer.text} ${words(20)}`.trim() };
}

function slowAnswer(answer: Answer, tokens: number): Answer {
  return { text: words(tokens), calls: answer.calls };
}

function words(count: number): string {
  return Array.from({ length: count }, (_, place) => `word${place + 1}`).join(" ");
}

function malformedOnce(prompt: string, steps: number): Answer {
  if (steps === 0) return { text: "", calls: [{ name: "shell", arguments: '{"command": "echo never' }] };
  return planAnswer(prompt, steps - 1, [{ text: "", calls: [call("shell", { command: "echo recovered" })] }]);
}

function unknownToolOnce(prompt: string, steps: number): Answer {
  if (steps === 0) return { text: "", calls: [call("no_such_tool", { anything: true })] };
  return planAnswer(prompt, steps - 1);
}
