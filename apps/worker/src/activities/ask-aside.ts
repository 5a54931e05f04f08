import type { ModelRequest } from "@heddle/agent/models/port";
import { streamWithRetries } from "@heddle/agent/models/retry";
import { newId } from "@heddle/db/ids";
import type { RunScope } from "@heddle/db/run-scope";
import { recordSideUsage } from "@heddle/db/run-usage";
import type { Deps } from "../deps.ts";
import { openPort } from "./model-port.ts";
import { persist } from "./persist.ts";

const policy = { maxAttempts: 2, maxTotalMs: 20_000 };

/**
 * One question beside the steps of a turn, answered soon or not at all; every attempt that the provider bills is counted.
 * @param question.model full name `provider/model`
 * @returns the answer's text
 * @throws ModelError, MODEL_NOT_FOUND
 */
export async function askAside(
  deps: Deps,
  scope: RunScope,
  question: Pick<ModelRequest, "messages" | "maxOutputTokens"> & { model: string; purpose: string },
  signal: AbortSignal,
): Promise<string> {
  const { model, purpose, ...request } = question;
  const { port, modelId, priced } = await openPort(deps, scope, model);
  const answer = await streamWithRetries(
    port,
    { ...request, model: modelId, tools: [] },
    {
      signal,
      policy,
      onAttemptEnd: async (end) => {
        if (!end.usage) return;
        const id = `${scope.threadId}/${purpose}/${newId()}`;
        const record = { id, purpose, model, usage: priced(end.usage) };
        await persist(() => recordSideUsage(scope, record));
      },
    },
  );
  return answer.text;
}
