/** A tool offered to a model. `parameters` is a JSON Schema object. */
export type ToolSpec = { name: string; description: string; parameters: Record<string, unknown> };

/** A tool call as the model made it. `arguments` is the raw text from the model: usually JSON, never trusted. */
export type ModelToolCall = { id: string; name: string; arguments: string };

/** One message of a conversation. Each tool call of an assistant message has exactly one `tool` message after it. */
export type ModelMessage =
  | { role: "system" | "user"; content: string }
  | { role: "assistant"; content: string; toolCalls?: ModelToolCall[] }
  | { role: "tool"; toolCallId: string; content: string };

export type ModelRequest = { model: string; messages: ModelMessage[]; tools: ToolSpec[]; maxOutputTokens?: number };

/** A piece of the answer, as it arrives. */
export type ModelDelta = { type: "text" | "reasoning"; text: string };

export type ModelFinishReason = "stop" | "tool_calls" | "length" | "content_filter";

export type ModelUsage = { inputTokens: number; outputTokens: number };

/** A complete answer. `usage` is null when the provider did not tell. */
export type ModelAnswer = {
  text: string;
  reasoning: string;
  toolCalls: ModelToolCall[];
  finishReason: ModelFinishReason;
  usage: ModelUsage | null;
};

export type ModelStreamOptions = { signal?: AbortSignal; onDelta?: (delta: ModelDelta) => void };

/** One provider's way to answer. `stream` makes exactly one request and throws `ModelError` for everything that fails. */
export type ModelPort = { stream(request: ModelRequest, options?: ModelStreamOptions): Promise<ModelAnswer> };

/**
 * - `auth` the key is missing, wrong or not allowed (401, 403)
 * - `bad_request` the provider or Heddle's own rules refuse this request for good (400, 404, 422, a forbidden address)
 * - `context` the conversation does not fit the model
 * - `rate_limited` 429 · `server` 5xx, unreachable, or an answer that makes no sense
 * - `cut` the connection closed before the answer was complete · `timeout` no byte for too long · `aborted` by our signal
 */
export type ModelErrorKind =
  | "auth"
  | "bad_request"
  | "context"
  | "rate_limited"
  | "server"
  | "cut"
  | "timeout"
  | "aborted";

type ModelErrorOptions = { status?: number; retryAfterMs?: number; receivedChars?: number; cause?: unknown };

/** Why a model did not answer. `message` is one sentence for people and never holds a key. */
export class ModelError extends Error {
  readonly kind: ModelErrorKind;
  readonly status: number | undefined;
  /** The provider's own wish how long to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Characters of the answer that had arrived; undefined if the answer had not begun. */
  readonly receivedChars: number | undefined;

  constructor(kind: ModelErrorKind, message: string, options: ModelErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ModelError";
    this.kind = kind;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.receivedChars = options.receivedChars;
  }
}
