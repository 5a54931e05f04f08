import { streamWithRetries } from "@heddle/agent/models/retry";
import { cleanTitle, titleMessages } from "@heddle/agent/prompts/title";
import { turnScope } from "@heddle/db/run-scope";
import { recordSideUsage } from "@heddle/db/run-step";
import { loadTurn, recordTitle } from "@heddle/db/run-turn";
import type { Deps } from "../deps.ts";
import { heartbeating } from "./heartbeat.ts";
import { openPort } from "./model-port.ts";

const policy = { maxAttempts: 2, maxTotalMs: 20_000 };

/** Gives a new thread the title that the model finds for its first prompt. A thread without one is no failure. */
export function createNameThread(deps: Deps) {
  return ({ turnId }: { turnId: string }): Promise<void> =>
    heartbeating(async (signal) => {
      try {
        const scope = await turnScope(deps.db, turnId);
        const { turn, thread } = await loadTurn(scope);
        if (thread.titled || turn.number !== 1) return;
        const { port, modelId, priced } = await openPort(deps, scope, turn.model);
        const request = { model: modelId, messages: titleMessages(turn.prompt), tools: [], maxOutputTokens: 64 };
        const answer = await streamWithRetries(port, request, { signal, policy });
        const title = cleanTitle(answer.text);
        if (title) await recordTitle(scope, title);
        const usage = priced({ ...(answer.usage ?? { inputTokens: 0, outputTokens: 0 }), estimated: !answer.usage });
        await recordSideUsage(scope, { id: `${turnId}/title`, purpose: "title", model: turn.model, usage });
      } catch (error) {
        deps.log.info({ err: error, turnId }, "no title");
      }
    });
}
