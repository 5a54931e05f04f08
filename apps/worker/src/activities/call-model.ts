import { defaultTurnLimits, nextAction } from "@heddle/agent/loop";
import { ModelError, type ModelFinishReason } from "@heddle/agent/models/port";
import { mustLeave } from "@heddle/db/placement";
import { type TurnScope, turnScope } from "@heddle/db/run-scope";
import { completedStep, type StepResult } from "@heddle/db/run-step";
import { noteFailure } from "@heddle/db/run-turn";
import { loadProgress } from "@heddle/db/turn-progress";
import type { Deps } from "../deps.ts";
import { askModel } from "./ask-model.ts";
import { modelFailureCode } from "./model-port.ts";
import { turnStep } from "./turn-step.ts";

/** `leave`: the thread is to go on at another host. */
export type Next =
  | { type: "runTools"; toolItemIds: string[]; leave?: true }
  | { type: "finish" }
  | { type: "fail"; code: string };

/** Asks the model for a step's answer, unless it has been given already, and says what follows from it. */
export function createCallModel(deps: Deps) {
  return ({ turnId, step }: { turnId: string; step: number }): Promise<Next> =>
    turnStep(deps, turnId, async (stop) => {
      const scope = await turnScope(deps.db, turnId, { ...deps.fence, anywhere: true });
      try {
        const before = await completedStep(scope, step);
        const next = await follow(scope, step, before ?? (await askModel(deps, scope, step, stop)));
        // A step is left behind once: where the thread could not leave, it goes on as it is.
        return next.type === "runTools" && !before && (await mustLeave(scope)) ? { ...next, leave: true } : next;
      } catch (error) {
        if (!(error instanceof ModelError) || error.kind === "aborted") throw error;
        return fail(scope, modelFailureCode(error), error.message);
      }
    });
}

async function follow(scope: TurnScope, step: number, result: StepResult): Promise<Next> {
  const { startedAt, firstStep, usedTokens, past, asked } = await loadProgress(scope, step);
  const next = nextAction({
    step: step + 1 - firstStep,
    startedAt: startedAt.getTime(),
    now: Date.now(),
    usedTokens,
    asked,
    past,
    finishReason: result.finishReason as ModelFinishReason,
    limits: defaultTurnLimits,
  });
  switch (next.type) {
    case "runTools":
      return { type: "runTools", toolItemIds: result.toolItemIds };
    case "finish":
      return { type: "finish" };
    case "stop":
      return fail(scope, next.code === "REPEATED_FAILURE" ? next.code : "TURN_LIMIT", next.sentence);
  }
}

async function fail(scope: TurnScope, code: string, message: string): Promise<Next> {
  await noteFailure(scope, { code, message });
  return { type: "fail", code };
}
