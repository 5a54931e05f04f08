import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type FullWorkspace, makeFullWorkspace } from "@heddle/db/testing/full-workspace";
import tar from "tar-stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../testing/test-stack.ts";
import { personalToken } from "../../testing/tokens.ts";

let stack: TestStack;
let workspace: FullWorkspace;

beforeAll(async () => {
  stack = await startTestStack();
  workspace = await makeFullWorkspace(stack.runtime.db, "mark");
});
afterAll(() => stack.close());

async function download(role: "owner" | "admin"): Promise<Response> {
  const { token } = await personalToken(stack.runtime.db, workspace, workspace.principals[role]);
  return fetch(`${stack.url}/api/workspace/export`, { headers: { authorization: `Bearer ${token}` } });
}

async function filesIn(body: Uint8Array): Promise<Record<string, object[]>> {
  const files: Record<string, object[]> = {};
  const extract = tar.extract();
  const read = pipeline(Readable.from([Buffer.from(body)]), createGunzip(), extract);
  for await (const entry of extract) {
    let text = "";
    for await (const chunk of entry) text += String(chunk);
    files[entry.header.name] = text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
  await read;
  return files;
}

test("an owner downloads the workspace as an archive, and an admin does not", async () => {
  expect((await download("admin")).status).toBe(403);
  const response = await download("owner");
  expect(response.headers.get("content-disposition")).toMatch(
    /^attachment; filename="heddle-workspace-.*[.]tar[.]gz"$/,
  );
  const files = await filesIn(new Uint8Array(await response.arrayBuffer()));
  expect(Object.keys(files)).toEqual(
    ["about", "workspace", "members", "projects", "threads", "turns", "items", "usage", "audit"].map(
      (name) => `${name}.jsonl`,
    ),
  );
  expect(files["threads.jsonl"]).toMatchObject([{ id: workspace.threadId, title: "Thread mark" }]);
  expect(files["audit.jsonl"]?.at(-1)).toMatchObject({ action: "workspace.export" });
});
