import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeWorkspace, type TestWorkspace, testProjectScope } from "@heddle/db/testing/fixtures";
import { createThread } from "@heddle/db/threads";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callApi } from "../../testing/call-api.ts";
import { makeRepository } from "../../testing/repository.ts";
import { startTestStack, type TestStack } from "../../testing/test-stack.ts";
import { personalToken } from "../../testing/tokens.ts";

let stack: TestStack;
let workspace: TestWorkspace;
let token: string;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  workspace = await makeWorkspace(stack.runtime.db);
  token = (await personalToken(stack.runtime.db, workspace, workspace.principals.owner)).token;
  folder = mkdtempSync(join(tmpdir(), "heddle-environment-"));
});
afterAll(async () => {
  await stack.close();
  rmSync(folder, { recursive: true, force: true });
});

const call = (method: string, path: string, body?: unknown) => callApi(stack.url, method, path, { token, body });
const environment = (id = workspace.projectId) => `/projects/${id}/environment`;

test("a project is made with its setup script, and its environment is read and changed in part", async () => {
  const path = await makeRepository(join(folder, "repository"));
  const made = await call("POST", "/projects", { name: "Scripted", source: { path }, setupScript: "npm ci\r\n" });
  const { id } = made.body as { id: string };
  const empty = { setupHosts: [], allowedHosts: [], devCommand: null };
  expect((await call("GET", environment(id))).body).toEqual({
    ...empty,
    setupScript: "npm ci\n",
    setupApproved: true,
  });
  const setupHosts = ["Registry.Example.", "*.example:8443"];
  const changed = await call("POST", environment(id), { setupHosts, devCommand: "npm run dev" });
  const now = { setupHosts: ["registry.example", "*.example:8443"], allowedHosts: [], devCommand: "npm run dev" };
  expect(changed.body).toEqual({ ...now, setupScript: "npm ci\n", setupApproved: false });
  const agreed = await call("POST", environment(id), { setupScript: "npm ci\n", setupHosts, approve: true });
  expect(agreed.body).toMatchObject({ setupApproved: true });
});

test.each([
  [{ allowedHosts: ["example.com", "https://example.com/x"] }, "allowedHosts.1"],
  [{ setupHosts: ["10.0.0.1"] }, "setupHosts.0"],
  [{ setupHosts: "example.com" }, "setupHosts"],
  [{ setupScript: "x".repeat(100_001) }, "setupScript"],
  [{ devCommand: 5 }, "devCommand"],
  [{ approve: true }, "approve"],
])("what is wrong is named by its field: %j", async (input, path) => {
  const { status, body } = await call("POST", environment(), input);
  expect({ status, body }).toMatchObject({ status: 400, body: { code: "BAD_INPUT", issues: [{ path }] } });
});

test("a thread tells of its dev command, and refuses what cannot be", async () => {
  const project = await testProjectScope(stack.runtime.db, workspace, "owner");
  const { id } = await createThread(project, { prompt: "Do it", visibility: "shared" });
  const none = { status: "stopped", command: null, itemId: null, port: null, url: null };
  expect((await call("GET", `/threads/${id}/dev`)).body).toEqual(none);
  expect(await call("POST", `/threads/${id}/dev`, {})).toMatchObject({ status: 409, body: { code: "NO_DEV_COMMAND" } });
  expect((await call("DELETE", `/threads/${id}/dev`)).body).toEqual(none);
  const decided = await call("POST", `/threads/${id}/setup`, { decision: "run" });
  expect(decided).toMatchObject({ status: 409, body: { code: "NOT_WAITING" } });
  const again = await call("POST", `/threads/${id}/setup/retry`, {});
  expect(again).toMatchObject({ status: 409, body: { code: "NO_SETUP_SCRIPT" } });
});

test("all of it is in the API's description", async () => {
  const { body } = await call("GET", "/openapi.json");
  const { paths } = body as { paths: Record<string, object> };
  expect(Object.keys(paths["/projects/{projectId}/environment"] ?? {}).sort()).toEqual(["get", "post"]);
  expect(Object.keys(paths["/threads/{threadId}/dev"] ?? {}).sort()).toEqual(["delete", "get", "post"]);
  expect(paths).toHaveProperty(["/threads/{threadId}/setup"]);
});
