import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { createProvider, openModel } from "./providers.ts";
import { workspaceScope } from "./scope.ts";
import { createSecretBox } from "./secrets.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace, type TestWorkspace } from "./testing/fixtures.ts";
import { claimTestTurn, openTestThread } from "./testing/turns.ts";

let db: Database;
let close: () => Promise<void>;
let workspace: TestWorkspace;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  workspace = await makeWorkspace(db);
});
afterAll(() => close());

const newKey = () => randomBytes(32).toString("base64");

test("a key opens with the secret key that sealed it, also when another has come before it; without it it is lost", async () => {
  const [old, next] = [newKey(), newKey()];
  const scope = await workspaceScope(db, workspace.principals.owner, workspace.id, "provider.manage");
  const input = { name: "p", kind: "openai-chat", baseUrl: "http://127.0.0.1:1/v1", apiKey: "sk-1" } as const;
  await createProvider(scope, createSecretBox([old]), { ...input, models: [{ id: "m" }] });
  const turn = await claimTestTurn(db, (await openTestThread(db, workspace, "first")).threadId);
  expect((await openModel(turn, createSecretBox([next, old]), "p/m")).apiKey).toBe("sk-1");
  await expect(openModel(turn, createSecretBox([next]), "p/m")).rejects.toMatchObject({ code: "PROVIDER_KEY_LOST" });
});
