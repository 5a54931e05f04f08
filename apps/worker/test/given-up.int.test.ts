import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { threadWorkflowId } from "@heddle/agent/contract";
import type { Sandbox, SandboxSpec } from "@heddle/agent/sandbox/types";
import { finishTurn } from "@heddle/db/finish-turn";
import { sendTurn } from "@heddle/db/turns";
import { ApplicationFailure, Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell, until } from "./harness.ts";

/** Attempts that Temporal has given up on while their worker lives: after a pause, or an outage of Temporal. */
let stage: Stage;
let connection: Connection;

beforeAll(async () => {
  stage = await openStage();
  connection = await Connection.connect({ address: stage.temporalAddress });
  await stage.startWorker({ sandboxes: { ...stage.sandboxes, open: openSlowly } });
});
afterAll(async () => {
  await connection?.close();
  await stage?.close();
});

/** A sandbox whose commands take a while to end, as on a machine that was paused. */
async function openSlowly(spec: SandboxSpec): Promise<Sandbox> {
  const sandbox = await stage.sandboxes.open(spec);
  const later = (signal: AbortSignal) => {
    const late = new AbortController();
    signal.addEventListener("abort", () => setTimeout(() => late.abort(), 5_000), { once: true });
    return late.signal;
  };
  return {
    threadId: sandbox.threadId,
    exec: (request) => sandbox.exec({ ...request, signal: request.signal && later(request.signal) }),
    close: () => sandbox.close(),
  };
}

/** As the server does when it has heard nothing of an activity for too long. */
async function giveUp(threadId: string, activityType: string): Promise<void> {
  const client = new Client({ connection });
  const workflowId = threadWorkflowId(threadId);
  const { raw, runId } = await client.workflow.getHandle(workflowId).describe();
  const pending = raw.pendingActivities?.find(({ activityType: type }) => type?.name === activityType);
  const lost = ApplicationFailure.retryable("nothing was heard of it", "WORKER_LOST");
  await client.activity.fail({ workflowId, runId, activityId: pending?.activityId ?? "" }, lost);
}

test("a turn that has been ended by somebody else is let go", { timeout: 120_000 }, async () => {
  const scope = await stage.prompt("tokens=200 delay=10", "demo/scenario-slow");
  const message = await until(async () => (await itemsOf(scope)).find(({ type }) => type === "agentMessage"));
  await finishTurn(stage.db, scope.threadId, message.turnId, { status: "failed", code: "MODEL_FAILED" });
  await sendTurn(scope, { prompt: script("Still here."), model: "demo/scenario-tools" });
  await stage.poke(scope.threadId);
  expect(await settled(scope)).toMatchObject({ status: "idle" });
  expect((await itemsOf(scope)).at(-1)).toMatchObject({ type: "agentMessage", text: "Still here." });
});

test("a command that was given up on has ended before anything else is done", { timeout: 120_000 }, async () => {
  const ticking = "while sleep 0.02; do echo >> ticks; done";
  const scope = await stage.prompt(script({ text: "Both.", calls: [shell(ticking), shell("cp ticks seen")] }, "Done."));
  const tree = join(stage.homeDir, "worktrees", scope.threadId, "tree");
  const ticks = () => readFile(join(tree, "ticks"), "utf8").catch(() => "");
  await until(async () => (await ticks()).length > 10);
  await giveUp(scope.threadId, "runTool");
  expect(await settled(scope)).toMatchObject({ status: "idle" });
  const commands = (await itemsOf(scope)).filter(({ type }) => type === "commandExecution");
  expect(commands).toMatchObject([{ status: "interrupted" }, { status: "completed" }]);
  expect((await readFile(join(tree, "seen"), "utf8")).length).toBe((await ticks()).length);
});

test("a thread that somebody else has moved goes on where it is now", { timeout: 120_000 }, async () => {
  await stage.startWorker({}, { hostId: "other" });
  const scope = await stage.prompt(script(shell("echo a > a"), shell("sleep 5"), shell("cat a"), "Done."));
  const commands = async () => (await itemsOf(scope)).filter(({ type }) => type === "commandExecution");
  const started = { threadId: scope.threadId, type: "commandExecution", startedAt: { not: null } } as const;
  await until(async () => (await stage.db.prisma.item.count({ where: started })) === 2);
  const where = { id: scope.threadId };
  const { hostId } = await stage.db.prisma.thread.findUniqueOrThrow({ where });
  const to = hostId === "other" ? "stage" : "other";
  await stage.db.prisma.thread.update({ where, data: { hostId: to, moves: 1 } });
  expect(await settled(scope)).toMatchObject({ status: "idle", hostId: to });
  expect(await commands()).toMatchObject([
    { status: "completed" },
    { status: "interrupted" },
    { status: "completed", output: "a\n" },
  ]);
});
