import { ModelError } from "@heddle/agent/models/port";
import { cleanTitle, titleMessages } from "@heddle/agent/prompts/title";
import { turnScope } from "@heddle/db/run-scope";
import { lacksTitle, loadTurn, recordTitle } from "@heddle/db/run-turn";
import type { Deps } from "../deps.ts";
import { askAside } from "./ask-aside.ts";
import { asAppError } from "./git-errors.ts";
import { turnStep } from "./turn-step.ts";

/** Gives a new thread the title that the model finds for its first prompt. A thread without one is no failure. */
export function createNameThread(deps: Deps) {
  return ({ turnId }: { turnId: string }): Promise<void> =>
    turnStep(deps, turnId, async ({ signal }) => {
      try {
        const scope = await turnScope(deps.db, turnId, { ...deps.fence, anywhere: true });
        if (!(await lacksTitle(scope))) return;
        const { turn } = await loadTurn(scope);
        const messages = titleMessages(turn.prompt);
        const question = { purpose: "title", model: turn.model, messages, maxOutputTokens: 64 };
        const title = cleanTitle(await askAside(deps, scope, question, signal));
        if (title) await recordTitle(scope, title);
      } catch (error) {
        // Its causes are other libraries' errors, which may repeat what was sent to the provider.
        const reason = error instanceof ModelError ? error.kind : asAppError(error).code;
        deps.log.info({ turnId, reason }, "no title");
      }
    });
}
