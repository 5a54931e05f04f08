import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { temporal } from "@temporalio/proto";
import { Worker } from "@temporalio/worker";
import { expect, test } from "vitest";
import { workflowsPath } from "./harness.ts";

const histories = fileURLToPath(new URL("histories", import.meta.url));
const names = readdirSync(histories).filter((name) => name.endsWith(".json"));

/** Histories kept by record.int.test.ts: workflows of an earlier version are under way in the field and must go on. */
test("there are recorded histories", () => {
  expect(names.length).toBeGreaterThan(0);
});

test.each(names)("the workflows replay %s", async (name) => {
  const history = temporal.api.history.v1.History.fromObject(JSON.parse(readFileSync(`${histories}/${name}`, "utf8")));
  await Worker.runReplayHistory({ workflowsPath }, history);
});
