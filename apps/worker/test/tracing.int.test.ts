import { projectScope, threadScope } from "@heddle/db/scope";
import { createThread, getThread } from "@heddle/db/threads";
import { type Collector, startCollector } from "@heddle/telemetry/testing/collector";
import { currentTraceparent, inSpan, startTracing } from "@heddle/telemetry/tracing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type Stage, script, shell, until } from "./harness.ts";

let stage: Stage;
let collector: Collector;

beforeAll(async () => {
  stage = await openStage();
  collector = await startCollector();
});
afterAll(async () => {
  await stage.close();
  collector.close();
});

test("one trace leads from the request that sent a turn through its steps to the model", async () => {
  const stop = await startTracing({ service: "test", version: "0", endpoint: collector.endpoint });
  const { principals, projectId } = stage.workspace;
  const threadId = await inSpan("request", {}, async () => {
    const principal = { ...principals.member, trace: currentTraceparent() };
    const scope = await projectScope(stage.db, principal, projectId, "thread.create");
    const prompt = script(shell("echo a secret word"), "Done.");
    const thread = await createThread(scope, { prompt, model: "demo/scenario-tools", visibility: "shared" });
    return thread.id;
  });
  await stage.startWorker();
  await stage.poke(threadId);
  const scope = await threadScope(stage.db, principals.member, threadId, "thread.read");
  await until(async () => (await getThread(scope)).status === "idle");
  await stop();

  const { spans } = collector;
  const request = spans.find((span) => span.name === "request");
  const named = (name: string) => spans.filter((span) => span.name === name && span.traceId === request?.traceId);
  for (const name of ["turn", "prepareWorktree", "callModel", "runTool", "keepCheckpoint", "finishTurn"]) {
    expect(named(name)[0]?.parentSpanId, name).toBe(request?.spanId);
  }
  const steps = named("callModel").map((span) => span.spanId);
  expect(named("model request").some((span) => steps.includes(span.parentSpanId ?? ""))).toBe(true);
  expect(JSON.stringify(spans)).not.toContain("a secret word");
});
