import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { threadWorkflowId } from "@heddle/agent/contract";
import { requestCommit } from "@heddle/db/jobs";
import { type ThreadScope, threadScope } from "@heddle/db/scope";
import { sendTurn } from "@heddle/db/turns";
import { Client, Connection } from "@temporalio/client";
import { Worker } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type Stage, script, settled, shell, workflowsPath } from "./harness.ts";

/**
 * Runs each path through the workflows for real and replays what came of it. The history of a path that has none yet
 * is kept: after a change of a workflow give its paths new names, so that the old histories go on to be replayed.
 */
let stage: Stage;
let connection: Connection;

beforeAll(async () => {
  stage = await openStage();
  connection = await Connection.connect({ address: stage.temporalAddress });
  await stage.startWorker();
});
afterAll(async () => {
  await connection?.close();
  await stage?.close();
});

const paths: [string, () => Promise<ThreadScope>][] = [
  ["tools-and-checkpoints", () => stage.prompt(script(shell("echo a > a"), shell("echo b > b"), "Done."))],
  ["model-refuses", () => stage.prompt("Go on.", "demo/scenario-401")],
  [
    "follow-up",
    async () => {
      const scope = await stage.prompt(script(shell("true"), "One."));
      await sendTurn(scope, { prompt: script("Two.") });
      return scope;
    },
  ],
  [
    "commit",
    async () => {
      const scope = await stage.prompt(script(shell("echo a > a"), "Done."));
      await settled(scope);
      const allowed = await threadScope(stage.db, scope.principal, scope.threadId, "thread.commit");
      await requestCommit(allowed, { message: "Add a" });
      await stage.poke(scope.threadId);
      return scope;
    },
  ],
];

test.each(paths)("%s", async (name, run) => {
  const scope = await run();
  await settled(scope);
  const client = new Client({ connection });
  const handle = client.workflow.getHandle(threadWorkflowId(scope.threadId));
  await handle.result();
  const history = await handle.fetchHistory();
  await Worker.runReplayHistory({ workflowsPath }, history);
  const written = textIn(history);
  expect(written).toContain(scope.threadId);
  for (const secret of ["echo a", "Go on.", "Done."]) expect(written).not.toContain(secret);
  const file = fileURLToPath(new URL(`histories/${name}.json`, import.meta.url));
  if (!existsSync(file)) await writeFile(file, `${withoutHostNames(history)}\n`);
});

/** All text that a history holds, payloads decoded. */
function textIn(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  if (value === null || typeof value !== "object") return String(value);
  return Object.values(value).map(textIn).join("\n");
}

/** Workers name themselves and their queues after the machine. */
function withoutHostNames(history: unknown): string {
  return JSON.stringify(history).replaceAll(hostname(), "host");
}
