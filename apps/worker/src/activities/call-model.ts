import { buildMessages, defaultTurnLimits, nextAction } from "@heddle/agent/loop";
import { type ModelAnswer, ModelError, type ModelFinishReason, type ModelRequest } from "@heddle/agent/models/port";
import { streamWithRetries } from "@heddle/agent/models/retry";
import { estimateTokens } from "@heddle/agent/models/tokens";
import { describeCall, toolSpecs } from "@heddle/agent/orchestrator";
import { systemPrompt } from "@heddle/agent/prompts/system";
import { loadHistory } from "@heddle/db/history";
import { type TurnScope, turnScope } from "@heddle/db/run-scope";
import {
  beginAttempt,
  completedStep,
  completeStep,
  openMessage,
  recordCutAttempt,
  type StepResult,
  savePartialText,
} from "@heddle/db/run-step";
import { loadTurn, noteFailure } from "@heddle/db/run-turn";
import type { Deps } from "../deps.ts";
import { heartbeating } from "./heartbeat.ts";
import { modelFailureCode, openPort } from "./model-port.ts";
import { persist } from "./persist.ts";
import { createTextStream, type TextStream } from "./text-stream.ts";

/** `leave`: the thread is to go on at another host. */
export type Next =
  | { type: "runTools"; toolItemIds: string[]; leave?: true }
  | { type: "finish" }
  | { type: "fail"; code: string };

/** Asks the model for a step's answer, unless it has been given already, and says what follows from it. */
export function createCallModel(deps: Deps) {
  return ({ turnId, step }: { turnId: string; step: number }): Promise<Next> =>
    heartbeating(async (signal) => {
      const scope = await turnScope(deps.db, turnId);
      try {
        const result = (await completedStep(scope, step)) ?? (await askModel(deps, scope, step, signal));
        return await follow(scope, step, result);
      } catch (error) {
        if (!(error instanceof ModelError) || error.kind === "aborted") throw error;
        const code = modelFailureCode(error);
        await noteFailure(scope, { code, message: error.message });
        return { type: "fail", code };
      }
    });
}

async function follow(scope: TurnScope, step: number, result: StepResult): Promise<Next> {
  const { turn, usedTokens } = await loadTurn(scope);
  const next = nextAction({
    step: step + 1,
    startedAt: turn.startedAt.getTime(),
    now: Date.now(),
    usedTokens,
    toolCalls: result.toolItemIds.length,
    finishReason: result.finishReason as ModelFinishReason,
    limits: defaultTurnLimits,
  });
  switch (next.type) {
    case "runTools":
      return { type: "runTools", toolItemIds: result.toolItemIds };
    case "finish":
      return { type: "finish" };
    case "stop":
      await noteFailure(scope, { code: "TURN_LIMIT", message: next.sentence });
      return { type: "fail", code: "TURN_LIMIT" };
  }
}

async function askModel(deps: Deps, scope: TurnScope, step: number, signal: AbortSignal): Promise<StepResult> {
  const [{ turn, thread, project }, turns] = await Promise.all([loadTurn(scope), loadHistory(scope)]);
  const { port, modelId, priced } = await openPort(deps, scope, turn.model);
  const system = systemPrompt({ projectName: project.name, branch: thread.branch, agentsMd: thread.instructions });
  const request: ModelRequest = { model: modelId, messages: buildMessages({ system, turns }), tools: toolSpecs() };

  let attempt = await beginAttempt(scope, step, turn.model, {
    inputTokens: estimateTokens(JSON.stringify(request.messages)),
    outputTokensOf: estimateTokens,
  });
  let stream: TextStream | null = null;
  let opening: Promise<void> = Promise.resolve();
  const itemId = `${scope.turnId}/${step}`;

  function onText(text: string): void {
    if (!stream) {
      const current = attempt;
      stream = createTextStream(deps.db, { threadId: scope.threadId, itemId, attempt }, (soFar) =>
        savePartialText(scope, itemId, turn.model, current, soFar),
      );
      opening = openMessage(scope, step, turn.model, attempt);
      opening.catch(() => undefined);
    }
    stream.push(text);
  }

  async function settle(): Promise<void> {
    await opening;
    await stream?.end();
    stream = null;
  }

  let answer: ModelAnswer;
  let usage = { inputTokens: 0, outputTokens: 0, estimated: true };
  try {
    answer = await streamWithRetries(port, request, {
      signal,
      onDelta: (delta) => {
        if (delta.type === "text") onText(delta.text);
      },
      onAttemptEnd: async (end) => {
        if (end.usage && "answer" in end.result) usage = end.usage;
        if (!("error" in end.result)) return;
        await settle();
        if (end.usage) await recordCutAttempt(scope, step, attempt, turn.model, priced(end.usage));
        if (end.retryInMs !== null) attempt = await beginAttempt(scope, step, turn.model);
      },
    });
  } finally {
    await settle().catch(() => undefined);
  }
  const brought = {
    text: answer.text,
    reasoning: answer.reasoning,
    finishReason: answer.finishReason,
    tools: answer.toolCalls.map((call) => ({ call, ...describe(call) })),
    usage: priced(usage),
  };
  return persist(() => completeStep(scope, step, attempt, turn.model, brought));
}

function describe(call: ModelAnswer["toolCalls"][number]) {
  const { type, ...data } = describeCall(call);
  return { type, data: data as Record<string, string | number | null> };
}
