import { noteAnswer } from "@heddle/db/providers";
import { makeWorkspace } from "@heddle/db/testing/fixtures";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callApi } from "../../testing/call-api.ts";
import { startTestStack, type TestStack } from "../../testing/test-stack.ts";
import { personalToken } from "../../testing/tokens.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

test("a workspace whose only provider fails is told so, whatever those of others do; nobody else hears details", async () => {
  const { db } = stack.runtime;
  const [own, other] = [await makeWorkspace(db), await makeWorkspace(db)];
  const provider = await db.prisma.provider.findFirstOrThrow({ where: { workspaceId: own.id } });
  await noteAnswer(db, provider.id, "auth");
  const read = async (workspace: typeof own) => {
    const { token } = await personalToken(db, workspace, workspace.principals.auditor);
    return callApi(stack.url, "GET", "/status", { token });
  };
  expect(await read(own)).toMatchObject({
    status: 200,
    body: {
      parts: expect.arrayContaining([{ name: "model", ok: false }]),
      providers: [{ name: "demo", state: "failed", failure: "auth" }],
    },
  });
  expect(await read(other)).toMatchObject({
    body: { parts: expect.arrayContaining([{ name: "model", ok: true }]), providers: [{ state: "unasked" }] },
  });
  const health = await (await fetch(`${stack.url}/api/health`)).json();
  expect(health).toEqual({
    status: "down",
    version: expect.any(String),
    checks: { postgres: "ok", temporal: "ok", worker: "down", model: "ok" },
  });
});
