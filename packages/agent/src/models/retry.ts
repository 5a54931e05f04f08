import { setTimeout as sleep } from "node:timers/promises";
import {
  type ModelAnswer,
  type ModelDelta,
  ModelError,
  type ModelErrorKind,
  type ModelPort,
  type ModelRequest,
  type ModelUsage,
} from "./port.ts";
import { estimateTokens } from "./tokens.ts";

/** `maxTotalMs` bounds the time from the first request to the start of the last one. */
export type RetryPolicy = { maxAttempts: number; maxTotalMs: number; baseDelayMs: number; maxDelayMs: number };

const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 8,
  maxTotalMs: 10 * 60 * 1000,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
};

/**
 * One request's end. `usage` is null if nothing was answered, and estimated if the provider did not get to tell: a request
 * that we stopped counts as read by then.
 */
export type AttemptEnd = {
  /** Counts from 1. */
  attempt: number;
  result: { answer: ModelAnswer } | { error: ModelError };
  usage: (ModelUsage & { estimated: boolean }) | null;
  /** Time until the next attempt; null if there is none. */
  retryInMs: number | null;
};

type RetryOptions = {
  signal?: AbortSignal;
  onDelta?: (delta: ModelDelta) => void;
  /** Just before a request is sent, so not for one that a stop prevents. */
  onAttemptStart?: () => void | Promise<void>;
  /** What `onDelta` has given so far is void: the answer starts over. */
  onReset?: () => void | Promise<void>;
  onAttemptEnd?: (end: AttemptEnd) => void | Promise<void>;
  policy?: Partial<RetryPolicy>;
};

const retried: ReadonlySet<ModelErrorKind> = new Set(["rate_limited", "server", "cut", "timeout"]);

/**
 * Asks until there is an answer: again with back-off and jitter after 429, 5xx, a cut stream or a time-out, at once
 * giving up on everything else. Waits at least as long as the provider asks. Throws the last `ModelError`.
 */
export async function streamWithRetries(
  port: ModelPort,
  request: ModelRequest,
  { signal, onDelta, onReset, onAttemptStart, onAttemptEnd, policy: overrides }: RetryOptions = {},
): Promise<ModelAnswer> {
  const policy = { ...defaultRetryPolicy, ...overrides };
  const startedAt = Date.now();
  for (let attempt = 1; ; attempt++) {
    let sent = false;
    if (signal?.aborted) throw aborted();
    await onAttemptStart?.();
    const result = await attemptOnce(port, request, signal, (delta) => {
      sent = true;
      onDelta?.(delta);
    });
    const delayMs = "error" in result ? nextDelay(result.error, attempt, Date.now() - startedAt, policy) : null;
    await onAttemptEnd?.({ attempt, result, usage: usageOf(request, result), retryInMs: delayMs });
    if ("answer" in result) return result.answer;
    if (delayMs === null) throw result.error;
    if (sent) await onReset?.();
    await sleep(delayMs, undefined, { signal }).catch(() => {
      throw aborted();
    });
  }
}

type AttemptResult = AttemptEnd["result"];

async function attemptOnce(
  port: ModelPort,
  request: ModelRequest,
  signal: AbortSignal | undefined,
  onDelta: (delta: ModelDelta) => void,
): Promise<AttemptResult> {
  try {
    return { answer: await port.stream(request, { signal, onDelta }) };
  } catch (error) {
    if (error instanceof ModelError) return { error };
    throw error;
  }
}

function aborted(): ModelError {
  return new ModelError("aborted", "The request was stopped.");
}

function nextDelay(error: ModelError, attempt: number, elapsedMs: number, policy: RetryPolicy): number | null {
  if (!retried.has(error.kind) || attempt >= policy.maxAttempts) return null;
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  const jittered = ceiling * (0.5 + Math.random() / 2);
  // Jitter goes on top of the provider's wish, so that many threads do not come back in the same instant.
  const delayMs = error.retryAfterMs === undefined ? jittered : error.retryAfterMs + jittered * 0.2;
  return elapsedMs + delayMs > policy.maxTotalMs ? null : Math.round(delayMs);
}

/** The provider bills the input as soon as it answers, even if the answer never arrives whole. */
function usageOf(request: ModelRequest, result: AttemptResult): AttemptEnd["usage"] {
  if ("answer" in result) {
    const { usage, text, reasoning, toolCalls } = result.answer;
    if (usage !== null) return { ...usage, estimated: false };
    return estimate(request, text.length + reasoning.length + JSON.stringify(toolCalls).length);
  }
  const { kind, receivedChars = kind === "aborted" ? 0 : undefined } = result.error;
  return receivedChars === undefined ? null : estimate(request, receivedChars);
}

function estimate(request: ModelRequest, outputChars: number): AttemptEnd["usage"] {
  return {
    inputTokens: estimateTokens(JSON.stringify([request.messages, request.tools])),
    outputTokens: estimateTokens(outputChars),
    estimated: true,
  };
}
