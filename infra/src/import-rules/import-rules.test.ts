import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { brokenRules } from "./check.ts";

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "heddle-rules-"));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function brokenBy(file: string, source: string): Promise<string[]> {
  for (const [path, text] of [
    ["packages/db/src/threads.ts", "export const listThreads = () => [];"],
    ["packages/db/src/threads.schema.ts", "export const threadSchema = {};"],
    ["apps/worker/src/activities/run-tool.ts", "export const runTool = () => {}; export type Activities = object;"],
    [
      "apps/web/src/features/threads/rows.ts",
      `export { listThreads } from "../../../../../packages/db/src/threads.ts";`,
    ],
    [file, source],
  ] as const) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return brokenRules(root, [file, "apps/web/src/features/threads/rows.ts"]);
}

test("a component must not import the database", async () => {
  const file = "apps/web/src/features/threads/thread-list.tsx";
  const path = "../../../../../packages/db/src";
  expect(
    await brokenBy(file, `import { listThreads } from "${path}/threads.ts"; console.log(listThreads);`),
  ).toHaveLength(1);
  expect(await brokenBy(file, `import pg from "pg"; console.log(pg);`)).toHaveLength(1);
  expect(await brokenBy(file, `import { listThreads } from "./rows.ts"; console.log(listThreads);`)).toHaveLength(1);
  expect(
    await brokenBy(file, `import { threadSchema } from "${path}/threads.schema.ts"; console.log(threadSchema);`),
  ).toEqual([]);
});

test("a workflow imports an activity as a type only", async () => {
  const file = "apps/worker/src/workflows/thread.ts";
  const path = "../activities/run-tool.ts";
  expect(await brokenBy(file, `import { runTool } from "${path}"; runTool();`)).toHaveLength(1);
  expect(await brokenBy(file, `import type { Activities } from "${path}"; export type A = Activities;`)).toEqual([]);
});

test("a package must not import an app, nor a dynamic import hide it", async () => {
  const source = `export const load = () => import("../../../apps/worker/src/activities/run-tool.ts");`;
  expect(await brokenBy("packages/agent/src/loop.ts", source)).toContainEqual(
    expect.stringContaining("nothing imports an app"),
  );
});

test("only server/temporal.ts reaches Temporal", async () => {
  const source = `import { Client } from "@temporalio/client"; console.log(Client);`;
  expect(await brokenBy("apps/web/src/server/root.ts", source)).toHaveLength(1);
  expect(await brokenBy("apps/web/src/server/temporal.ts", source)).toEqual([]);
});
