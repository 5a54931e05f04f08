import { buildMessages } from "@heddle/agent/loop";
import type { ModelAnswer, ModelRequest } from "@heddle/agent/models/port";
import { type AttemptEnd, streamWithRetries } from "@heddle/agent/models/retry";
import { estimateTokens } from "@heddle/agent/models/tokens";
import { describeCall, toolSpecs } from "@heddle/agent/orchestrator";
import { systemPrompt } from "@heddle/agent/prompts/system";
import { loadHistory } from "@heddle/db/history";
import { noteWait } from "@heddle/db/model-wait";
import type { TurnScope } from "@heddle/db/run-scope";
import {
  beginAttempt,
  closeMessage,
  completeStep,
  openMessage,
  recordCutAttempt,
  type StepResult,
  savePartialText,
} from "@heddle/db/run-step";
import { loadTurn } from "@heddle/db/run-turn";
import { takeInSteered } from "@heddle/db/steer";
import type { Deps } from "../deps.ts";
import { openPort } from "./model-port.ts";
import { persist } from "./persist.ts";
import { createTextStream, type TextStream } from "./text-stream.ts";
import type { Stop } from "./turn-step.ts";

/** A shorter pause before the model is asked again is not worth a line. */
const toldWaitMs = 3_000;
const nothing = { inputTokens: 0, outputTokens: 0, estimated: false };

/**
 * One answer of the model: prompts that wait to be taken in are, the answer is streamed to whoever watches, and what it
 * brings is kept. An interrupted answer is kept as far as it came.
 */
export async function askModel(deps: Deps, scope: TurnScope, step: number, stop: Stop): Promise<StepResult> {
  await takeInSteered(scope, step);
  const { turn, request, port, priced, lostUsage } = await prepareRequest(deps, scope);
  const itemId = `${scope.turnId}/${step}`;
  let attempt = 0;
  let text = "";
  let stream: TextStream | null = null;
  let opening: Promise<void> = Promise.resolve();

  function onText(piece: string): void {
    if (!stream) {
      const current = attempt;
      stream = createTextStream(deps.db, { threadId: scope.threadId, itemId, attempt }, (soFar) =>
        savePartialText(scope, itemId, turn.model, current, soFar),
      );
      opening = openMessage(scope, step, turn.model, attempt);
      opening.catch(() => undefined);
    }
    stream.push(piece);
  }

  async function settle(): Promise<void> {
    await opening;
    await stream?.end();
    text = stream?.text ?? text;
    stream = null;
  }

  let answer: ModelAnswer;
  let usage = { ...nothing, estimated: true };
  try {
    answer = await streamWithRetries(port, request, {
      signal: stop.signal,
      onDelta: (delta) => {
        if (delta.type === "text") onText(delta.text);
      },
      onAttemptStart: async () => {
        attempt = await beginAttempt(scope, step, turn.model, lostUsage, attempt || undefined);
        text = "";
      },
      onAttemptEnd: async (end) => {
        if (end.usage && "answer" in end.result) usage = end.usage;
        if (!("error" in end.result)) return;
        await settle();
        await recordCutAttempt(scope, step, attempt, turn.model, priced(end.usage ?? nothing));
        const { result, retryInMs } = end;
        if (retryInMs === null) await closeMessage(scope, step, attempt, turn.model, text);
        else if (retryInMs >= toldWaitMs) await noteWait(scope, step, waitSentence(result.error.message, end));
      },
    });
  } finally {
    await settle().catch(() => undefined);
    if (stop.interrupt.aborted) await persist(() => closeMessage(scope, step, attempt, turn.model, text));
  }
  const brought = {
    text: answer.text,
    reasoning: answer.reasoning,
    finishReason: answer.finishReason,
    tools: toolsOf(answer),
    usage: priced(usage),
  };
  return persist(() => completeStep(scope, step, attempt, turn.model, brought));
}

function waitSentence(why: string, { attempt, retryInMs }: AttemptEnd): string {
  return `${why} It is asked again after ${Math.round((retryInMs ?? 0) / 1000)} s (attempt ${attempt + 1}).`;
}

/** What the model is asked, and what an answer of which only a text is known has cost. */
export async function prepareRequest(deps: Deps, scope: TurnScope) {
  const [{ turn, thread, project }, turns] = await Promise.all([loadTurn(scope), loadHistory(scope)]);
  const { port, modelId, priced } = await openPort(deps, scope, turn.model);
  const system = systemPrompt({
    projectName: project.name,
    branch: thread.branch,
    allowedHosts: project.allowedHosts,
    agentsMd: thread.instructions,
  });
  const request: ModelRequest = { model: modelId, messages: buildMessages({ system, turns }), tools: toolSpecs() };
  const lostUsage = (text: string) =>
    priced({
      inputTokens: estimateTokens(JSON.stringify([request.messages, request.tools])),
      outputTokens: estimateTokens(text),
      estimated: true,
    });
  return { turn, request, port, priced, lostUsage };
}

/** Some models, gone astray, ask for hundreds of calls at once. What is kept of the rest is what the model is told. */
const mostRun = 64;
const mostKept = 128;

function toolsOf({ toolCalls }: ModelAnswer) {
  return toolCalls.slice(0, mostKept).map((call, index) => {
    const { type, ...data } = describeCall(call);
    const refusal = `Not run: one answer may have ${mostRun} calls, and this one had ${toolCalls.length}. Ask again for what is still needed.`;
    return {
      call,
      type,
      data: data as Record<string, string | number | null>,
      ...(index < mostRun ? {} : { refusal }),
    };
  });
}
