import { createOpenAiChat } from "@heddle/agent/models/openai-chat";
import { ModelError, type ModelErrorKind, type ModelPort, type ModelUsage } from "@heddle/agent/models/port";
import { costUsd } from "@heddle/agent/models/price";
import type { ErrorCode } from "@heddle/db/errors";
import { noteAnswer, openModel } from "@heddle/db/providers";
import type { RunScope } from "@heddle/db/run-scope";
import { inSpan } from "@heddle/telemetry/tracing";
import type { Deps } from "../deps.ts";

export type OpenPort = {
  port: ModelPort;
  modelId: string;
  /** Usage with what it cost, in US dollars. */
  priced<T extends ModelUsage>(usage: T): T & { costUsd: number };
};

/** The port to a model by its full name; the opened key lives in it and nowhere else. @throws MODEL_NOT_FOUND */
export async function openPort(deps: Deps, scope: RunScope, name: string): Promise<OpenPort> {
  const access = await openModel(scope, deps.secrets, name);
  const port = createOpenAiChat({
    baseUrl: access.baseUrl ?? undefined,
    apiKey: access.apiKey ?? undefined,
    fetch: deps.fetch,
  });
  return {
    port: watched(deps, access.providerId, name, port),
    modelId: access.modelId,
    priced: (usage) => ({ ...usage, costUsd: costUsd(access.baseUrl, access.modelId, usage) }),
  };
}

/** A provider's own failures, as against those of one request. */
const outages: ReadonlySet<ModelErrorKind> = new Set(["auth", "rate_limited", "server", "cut", "timeout"]);

/** Each request is a span, and the provider's row remembers whether it answers. */
function watched(deps: Deps, providerId: string, model: string, port: ModelPort): ModelPort {
  const note = (failure: string | null) => noteAnswer(deps.db, providerId, failure).catch(() => undefined);
  return {
    stream: (request, options) =>
      inSpan("model request", { attributes: { model } }, async (span) => {
        try {
          const answer = await port.stream(request, options);
          await note(null);
          return answer;
        } catch (error) {
          if (error instanceof ModelError) span.fail(error.kind);
          if (error instanceof ModelError && outages.has(error.kind)) await note(error.kind);
          throw error;
        }
      }),
  };
}

/** Which of our codes a model's failure is, once no retry is left. */
export function modelFailureCode(error: ModelError): ErrorCode {
  switch (error.kind) {
    case "auth":
    case "bad_request":
    case "context":
      return "MODEL_REFUSED";
    case "rate_limited":
    case "server":
    case "cut":
    case "timeout":
    case "aborted":
      return "MODEL_FAILED";
  }
}
