import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "@temporalio/worker";
import { expect, test } from "vitest";

const histories = fileURLToPath(new URL("histories", import.meta.url));
const workflowsPath = fileURLToPath(new URL("../src/workflows/index.ts", import.meta.url));
const names = readdirSync(histories).filter((name) => name.endsWith(".json"));

/** Histories recorded by `npx tsx apps/worker/test/record-histories.ts`: what runs in the field must replay here. */
test("there are recorded histories", () => {
  expect(names.length).toBeGreaterThan(0);
});

test.each(names)("the workflows replay %s", async (name) => {
  const history: unknown = JSON.parse(readFileSync(`${histories}/${name}`, "utf8"));
  await Worker.runReplayHistory({ workflowsPath }, history);
});
