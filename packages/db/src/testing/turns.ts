import type { Database } from "../database.ts";
import type { ItemType, Prisma } from "../generated/client.ts";
import { type TurnScope, turnScope } from "../run-scope.ts";
import { beginAttempt, completeStep, type StepResult } from "../run-step.ts";
import { claimTool, completeTool } from "../run-tool.ts";
import { claimNext } from "../run-turn.ts";
import { type ThreadScope, threadScope } from "../scope.ts";
import { createThread } from "../threads.ts";
import { type TestWorkspace, testProjectScope } from "./fixtures.ts";

export const testModel = "demo/demo";
const usage = { inputTokens: 100, outputTokens: 10, costUsd: 0, estimated: false };
const command = { command: "true", exitCode: null, output: "", outputBytes: 0, durationMs: null };

/** A thread of the member with its first prompt queued. */
export async function openTestThread(
  db: Database,
  workspace: TestWorkspace,
  prompt = "Do it",
  visibility: "shared" | "private" = "shared",
): Promise<ThreadScope> {
  const thread = await createThread(await testProjectScope(db, workspace), { prompt, visibility });
  return threadScope(db, workspace.principals.member, thread.id, "thread.prompt");
}

/** Claims the thread's next turn as its workflow would, with the step to go on at. */
export async function claimTestTurn(db: Database, threadId: string): Promise<TurnScope & { step: number }> {
  const claim = await claimNext(db, threadId);
  if (claim?.kind !== "turn") throw new Error("no turn to claim");
  return { ...(await turnScope(db, claim.turnId)), step: claim.step };
}

/** A step's answer with so many commands, none of which has run. */
export async function answerStep(
  turn: TurnScope,
  step: number,
  { text = "", calls = [] as string[] } = {},
): Promise<StepResult> {
  const attempt = await beginAttempt(turn, step, testModel, () => ({ ...usage, estimated: true }));
  return completeStep(turn, step, attempt, testModel, {
    text,
    reasoning: "",
    finishReason: calls.length > 0 ? "tool_calls" : "stop",
    tools: calls.map((line, index) => ({
      call: { id: `call_${step}_${index}`, name: "shell", arguments: JSON.stringify({ command: line }) },
      type: "commandExecution" satisfies ItemType,
      data: { ...command, command: line } satisfies Prisma.InputJsonObject,
    })),
    usage,
  });
}

/** Runs one of a step's commands to its end. */
export async function runCommand(turn: TurnScope, itemId: string, status: "completed" | "failed"): Promise<void> {
  await claimTool(turn, itemId);
  const exitCode = status === "completed" ? 0 : 1;
  const data = { ...command, exitCode, output: "done", outputBytes: 4, durationMs: 1 };
  await completeTool(turn, itemId, { status, type: "commandExecution", data, forModel: "done" });
}
