import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { threadWorkflowId } from "@heddle/agent/contract";
import { Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell } from "./harness.ts";

const commands = 12;
let stage: Stage;
let connection: Connection;

beforeAll(async () => {
  // Some four steps of a turn; the server asks a workflow to continue as new from here on.
  stage = await openStage({ "limit.historyCount.suggestContinueAsNew": "40" });
  connection = await Connection.connect({ address: stage.temporalAddress });
  await stage.startWorker();
});
afterAll(async () => {
  await connection?.close();
  await stage?.close();
});

test("a turn goes on over several runs of its workflow: each effect once, nothing lost", async () => {
  const numbers = Array.from({ length: commands }, (_, index) => index + 1);
  const scope = await stage.prompt(script(...numbers.map((number) => shell(`echo ${number} >> effects.txt`)), "All."));
  expect(await settled(scope)).toMatchObject({ status: "idle", filesModified: 1, additions: commands });
  const client = new Client({ connection });
  await client.workflow.getHandle(threadWorkflowId(scope.threadId)).result();
  const runs: string[] = [];
  for await (const { status } of client.workflow.list()) runs.push(status.name);
  expect(runs.filter((status) => status === "CONTINUED_AS_NEW").length).toBeGreaterThanOrEqual(2);
  expect(runs.filter((status) => status === "COMPLETED")).toHaveLength(1);

  const file = join(stage.homeDir, "worktrees", scope.threadId, "tree/effects.txt");
  expect(await readFile(file, "utf8")).toBe(numbers.map((number) => `${number}\n`).join(""));
  const items = await itemsOf(scope);
  const ran = items.filter((item) => item.type === "commandExecution");
  expect(ran.map((item) => item.status)).toEqual(numbers.map(() => "completed"));
  expect(items.at(-1)).toMatchObject({ type: "agentMessage", text: "All." });
  const usage = await stage.db.prisma.usageRecord.groupBy({
    by: ["purpose"],
    where: { threadId: scope.threadId },
    _count: true,
    orderBy: { purpose: "asc" },
  });
  expect(usage.map(({ purpose, _count }) => [purpose, _count])).toEqual([
    ["step", commands + 1],
    ["title", 1],
  ]);
});
