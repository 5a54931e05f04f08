import { workspaceScope } from "@heddle/db/scope";
import { makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { revokeToken } from "@heddle/db/tokens";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callApi } from "../testing/call-api.ts";
import { startTestStack, type TestStack } from "../testing/test-stack.ts";
import { personalToken } from "../testing/tokens.ts";

let stack: TestStack;
let workspace: TestWorkspace;
let token: string;

const call = (method: string, path: string, options: Parameters<typeof callApi>[3] = {}) =>
  callApi(stack.url, method, path, { token, ...options });

beforeAll(async () => {
  stack = await startTestStack();
  workspace = await makeWorkspace(stack.runtime.db);
  token = (await personalToken(stack.runtime.db, workspace, workspace.principals.owner)).token;
});
afterAll(() => stack.close());

describe("Idempotency-Key", () => {
  const once = (path: string, body: unknown, key: string, by = token) =>
    call("POST", path, { body, token: by, headers: { "idempotency-key": key } });

  test("a repeat gets the first answer and makes nothing", async () => {
    const path = `/projects/${workspace.projectId}/threads`;
    const first = await once(path, { prompt: "Once" }, "key-1");
    const again = await once(path, { prompt: "Once" }, "key-1");
    expect(again.body).toEqual(first.body);
    expect(await once(path, { prompt: "Twice" }, "key-1")).toMatchObject({
      status: 409,
      body: { code: "IDEMPOTENCY_MISMATCH" },
    });
    const count = await stack.runtime.db.prisma.turn.count({ where: { prompt: "Once" } });
    expect(count).toBe(1);
  });

  test("requests at the same time make one thread", async () => {
    const path = `/projects/${workspace.projectId}/threads`;
    const answers = await Promise.all(Array.from({ length: 5 }, () => once(path, { prompt: "At once" }, "key-2")));
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1);
    for (const { status, body } of answers)
      if (status !== 200) expect(body).toMatchObject({ code: "IDEMPOTENCY_RUNNING" });
    expect(await stack.runtime.db.prisma.turn.count({ where: { prompt: "At once" } })).toBe(1);
  });

  test("a token is given again to a repeat, and never lies in the database", async () => {
    const first = await once("/tokens", { role: "viewer" }, "key-3");
    const again = await once("/tokens", { role: "viewer" }, "key-3");
    expect(again.body).toEqual(first.body);
    const { token: made } = first.body as { token: string };
    expect(await call("GET", "/workspace", { token: made })).toMatchObject({ status: 200, body: { role: "viewer" } });
    const stored = await stack.runtime.db.prisma.idempotencyKey.findFirstOrThrow({ where: { key: "key-3" } });
    expect(JSON.stringify(stored)).not.toContain(made);
  });

  test("a failed call frees the key, and a lost right does not replay", async () => {
    expect(await once("/tokens", { role: "nothing" }, "key-4")).toMatchObject({ status: 400 });
    expect(await once("/tokens", { role: "viewer" }, "key-4")).toMatchObject({ status: 200 });
    const { db } = stack.runtime;
    const { principals } = workspace;
    const { id, token: lost } = await personalToken(db, workspace, principals.admin);
    const path = `/projects/${workspace.projectId}/threads`;
    expect(await once(path, { prompt: "Mine" }, "key-5", lost)).toMatchObject({ status: 200 });
    await revokeToken(await workspaceScope(db, principals.owner, workspace.id, "token.manage"), id);
    expect(await once(path, { prompt: "Mine" }, "key-5", lost)).toMatchObject({ status: 401 });
  });
});
