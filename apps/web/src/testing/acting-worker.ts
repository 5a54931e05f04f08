import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "@heddle/db/database";
import { finishTurn } from "@heddle/db/finish-turn";
import { type TurnScope, turnScope } from "@heddle/db/run-scope";
import { beginAttempt, completeStep, openMessage, savePartialText } from "@heddle/db/run-step";
import { claimTool, completeTool } from "@heddle/db/run-tool";
import { claimNext } from "@heddle/db/run-turn";

export const actedModel = "demo/demo";
const usage = { inputTokens: 1, outputTokens: 1, costUsd: 0, estimated: false };
const estimate = () => ({ ...usage, estimated: true });
const call = { id: "call", name: "shell", arguments: "{}" };
const command = { command: "true", exitCode: null, output: "", outputBytes: 0, durationMs: null };

/** Claims the thread's next turn, as its workflow would. */
export async function claimTurn(db: Database, threadId: string): Promise<TurnScope> {
  const claim = await claimNext(db, threadId);
  if (claim?.kind !== "turn") throw new Error("no turn to claim");
  return turnScope(db, claim.turnId);
}

export type Answer = {
  /** Pieces of each attempt; all but the last attempt are cut after their pieces. */
  attempts: string[][];
  pauseMs: number;
  /** Every how many pieces the row gets the text so far; workers do it each second. */
  saveEvery: number;
  /** Whether the hint of a piece is sent at all: hints may be lost. */
  sends?: (piece: number) => boolean;
};

/** A step whose answer is one command, which then runs. @returns the command's item id */
export async function actCommandStart(scope: TurnScope, step: number): Promise<string> {
  const attempt = await beginAttempt(scope, step, actedModel, estimate);
  const tools = [{ call, type: "commandExecution" as const, data: command }];
  const answer = { text: "", reasoning: "", finishReason: "tool_calls", tools, usage };
  const { toolItemIds } = await completeStep(scope, step, attempt, actedModel, answer);
  const [itemId = ""] = toolItemIds;
  await claimTool(scope, itemId);
  return itemId;
}

/** One step as a worker makes it: a streamed message, then a command. Real rows and real hints, no model. */
export async function actStep(scope: TurnScope, step: number, answer: Answer): Promise<void> {
  const itemId = `${scope.turnId}/${step}`;
  let attempt = 0;
  let text = "";
  for (const pieces of answer.attempts) {
    attempt = await beginAttempt(scope, step, actedModel, estimate);
    text = "";
    await openMessage(scope, step, actedModel, attempt);
    for (const [index, piece] of pieces.entries()) {
      const hint = { k: "delta", t: scope.threadId, i: itemId, attempt, offset: text.length, text: piece } as const;
      if (answer.sends?.(index) ?? true) scope.db.publisher.send(hint);
      text += piece;
      if (index % answer.saveEvery === 0) await savePartialText(scope, itemId, actedModel, attempt, text);
      await sleep(answer.pauseMs);
    }
  }
  const { toolItemIds } = await completeStep(scope, step, attempt, actedModel, {
    text,
    reasoning: "",
    finishReason: "tool_calls",
    tools: [{ call, type: "commandExecution", data: command }],
    usage,
  });
  for (const toolItemId of toolItemIds) {
    await claimTool(scope, toolItemId);
    const data = { ...command, exitCode: 0, output: "done", outputBytes: 4, durationMs: 1 };
    await completeTool(scope, toolItemId, { status: "completed", type: "commandExecution", data, forModel: "done" });
  }
}

export async function endTurn(scope: TurnScope): Promise<void> {
  await finishTurn(scope.db, scope.threadId, scope.turnId, { status: "completed" });
}
