import { APIConnectionTimeoutError, APIError, APIUserAbortError } from "openai";
import { EgressError } from "./egress.ts";
import { ModelError, type ModelErrorKind } from "./port.ts";
import { retryAfterMs } from "./retry-after.ts";

type ErrorContext = { host: string; apiKey: string | undefined; aborted: boolean; receivedChars: number | undefined };

/** What the SDK or the socket threw, as one of the kinds of the port. */
export function toModelError(error: unknown, context: ErrorContext): ModelError {
  const { host, receivedChars } = context;
  if (error instanceof ModelError) return error;
  if (context.aborted || error instanceof APIUserAbortError) {
    return new ModelError("aborted", "The request was stopped.", { receivedChars });
  }
  const egress = findCause(error, (cause) => cause instanceof EgressError);
  if (egress instanceof EgressError) return new ModelError("bad_request", egress.message, { cause: error });
  if (error instanceof APIError && (error.status !== undefined || error.error !== undefined)) {
    return fromProvider(error, context);
  }
  const code = errorCode(error);
  if (error instanceof APIConnectionTimeoutError || /TIMEOUT|ETIMEDOUT/.test(code)) {
    return new ModelError("timeout", `The provider at ${host} did not answer in time.`, {
      receivedChars,
      cause: error,
    });
  }
  if (/CERT|ERR_TLS|ERR_SSL|SELF_SIGNED/.test(code)) {
    return new ModelError("bad_request", `The provider at ${host} has no valid certificate (${code}).`, {
      cause: error,
    });
  }
  if (code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") {
    return new ModelError("bad_request", `The answer of the provider at ${host} is too large.`, { receivedChars });
  }
  if (receivedChars === undefined && code !== "" && !/ECONNRESET|EPIPE|UND_ERR_SOCKET/.test(code)) {
    return new ModelError("server", `The provider at ${host} could not be reached (${code}).`, { cause: error });
  }
  return new ModelError("cut", `The connection to ${host} was lost before the answer was complete.`, {
    receivedChars,
    cause: error,
  });
}

function fromProvider(error: APIError, { host, apiKey, receivedChars }: ErrorContext): ModelError {
  const status: number | undefined = error.status;
  const kind = kindOf(error);
  const detail = kind === "auth" ? "" : redact(providerMessage(error), apiKey);
  return new ModelError(kind, [sentences[kind](host, status), detail].filter(Boolean).join(" "), {
    status,
    retryAfterMs: error.headers ? retryAfterMs(error.headers, Date.now()) : undefined,
    receivedChars,
    // No cause: the SDK's error repeats the provider's words, which may hold the key, and causes end up in logs.
  });
}

function kindOf(error: APIError): ModelErrorKind {
  const status: number | undefined = error.status;
  const about = `${error.code ?? ""} ${error.type ?? ""}`;
  const message = providerMessage(error);
  if (status === undefined || [400, 413, 422].includes(status)) {
    if (/context_length/.test(about) || status === 413 || contextPattern.test(message)) return "context";
  }
  if (/insufficient_quota|billing/.test(about)) return "bad_request";
  if (status === 401 || status === 403) return "auth";
  if (status === 429 || (status === undefined && /rate_limit/.test(about))) return "rate_limited";
  if (status === 408) return "timeout";
  if (status === undefined || status >= 500 || status === 409 || status === 425) return "server";
  return "bad_request";
}

const contextPattern = /context (length|window|size)|maximum context|prompt is too long|too many (input )?tokens/i;

const sentences: Record<ModelErrorKind, (host: string, status: number | undefined) => string> = {
  auth: (host, status) => `The provider at ${host} refused the key${inBrackets(status)}.`,
  bad_request: (host, status) =>
    status !== undefined && status < 400
      ? `The provider at ${host} redirects elsewhere${inBrackets(status)}: enter the final address.`
      : `The provider at ${host} refused the request${inBrackets(status)}.`,
  context: () => "The conversation is too long for this model.",
  rate_limited: (host, status) => `The provider at ${host} limits the rate of requests${inBrackets(status)}.`,
  server: (host, status) => `The provider at ${host} failed${inBrackets(status)}.`,
  cut: (host) => `The connection to ${host} was lost.`,
  timeout: (host, status) => `The provider at ${host} did not answer in time${inBrackets(status)}.`,
  aborted: () => "The request was stopped.",
};

function inBrackets(status: number | undefined): string {
  return status === undefined ? "" : ` (${status})`;
}

function providerMessage(error: APIError): string {
  const body: unknown = error.error;
  if (typeof body === "object" && body !== null && "message" in body && typeof body.message === "string")
    return body.message;
  return typeof body === "string" ? body : "";
}

/** Providers repeat keys in their messages, whole or half masked. */
function redact(text: string, apiKey: string | undefined): string {
  const withoutKey = apiKey ? text.replaceAll(apiKey, "[key]") : text;
  return withoutKey
    .replace(/\b(sk|pk|rk|key|bearer)[-_ ][\w*.-]{8,}/gi, "[key]")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 300);
}

function errorCode(error: unknown): string {
  const coded = findCause(error, (cause) => "code" in cause && typeof cause.code === "string");
  return coded !== undefined && "code" in coded ? String(coded.code) : "";
}

function findCause(error: unknown, matches: (cause: Error) => boolean): Error | undefined {
  let cause = error;
  for (let depth = 0; cause instanceof Error && depth < 8; depth++) {
    if (matches(cause)) return cause;
    cause = cause.cause;
  }
  return undefined;
}
