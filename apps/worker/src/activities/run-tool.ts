import { openStore } from "@heddle/agent/git/store";
import { runToolCall, type ToolOutcome } from "@heddle/agent/orchestrator";
import { type TurnScope, turnScope } from "@heddle/db/run-scope";
import { claimTool, completeTool } from "@heddle/db/run-tool";
import type { Deps } from "../deps.ts";
import { createOutputRecorder } from "./output-recorder.ts";
import { persist } from "./persist.ts";
import { turnStep } from "./turn-step.ts";
import { openSandbox } from "./worktree.ts";

/** Runs a tool call, once: a call whose host died midway is not run again. */
export function createRunTool(deps: Deps) {
  return ({ turnId, itemId }: { turnId: string; itemId: string }): Promise<void> =>
    turnStep(deps, turnId, async ({ signal, interrupt }) => {
      const scope = await turnScope(deps.db, turnId, deps.fence);
      // Before the claim: from there on a failure leaves in doubt whether the call had an effect.
      const sandbox = await openSandbox(deps, { id: scope.threadId }, openStore(deps.homeDir, scope.projectId));
      interrupt.throwIfAborted();
      const claim = await claimTool(scope, itemId);
      if (claim.state === "ended") return;
      const recorder = createOutputRecorder(deps.db, scope, itemId, claim.data);
      const outcome = await runToolCall(claim.call, { sandbox, signal, onOutput: recorder.push });
      await recorder.end();
      await persist(() => complete(scope, itemId, outcome));
      interrupt.throwIfAborted();
    });
}

async function complete(scope: TurnScope, itemId: string, outcome: ToolOutcome): Promise<void> {
  const { type, ...data } = outcome.item;
  await completeTool(scope, itemId, { status: outcome.status, type, data: data as object, forModel: outcome.forModel });
}
