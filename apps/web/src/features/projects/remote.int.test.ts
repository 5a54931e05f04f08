import { fingerprintOf } from "@heddle/db/project-view";
import { recordFetch } from "@heddle/db/projects";
import { makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callApi } from "../../testing/call-api.ts";
import { startTestStack, type TestStack } from "../../testing/test-stack.ts";
import { personalToken } from "../../testing/tokens.ts";

let stack: TestStack;
let workspace: TestWorkspace;
let token: string;
let count = 0;

beforeAll(async () => {
  stack = await startTestStack();
  workspace = await makeWorkspace(stack.runtime.db);
  token = (await personalToken(stack.runtime.db, workspace, workspace.principals.owner)).token;
});
afterAll(() => stack.close());

const post = (path: string, body: object) => callApi(stack.url, "POST", path, { token, body });
const add = (url: string, credential?: object) =>
  post("/projects", { name: `p${++count}`, source: { url }, ...(credential ? { credential } : {}) });

test("a project is added by its URL; a credential is never answered", async () => {
  const credential = { kind: "token", username: "ada", token: "tok-9a1" };
  const { status, body } = await add("https://Example.com/ada/shop.git", credential);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    source: { url: "https://example.com/ada/shop.git" },
    status: "cloning",
    remote: { credential: "token", username: "ada", fetchEveryMinutes: 15 },
  });
  expect(JSON.stringify(body)).not.toContain("tok-9a1");
});

test("an ssh address gets a key of its own, whose public half is shown", async () => {
  const { body } = await add("git@example.com:ada/shop.git");
  expect(body).toMatchObject({
    remote: { credential: "key", publicKey: expect.stringMatching(/^ssh-ed25519 \S+ heddle-p/) },
  });
  expect(JSON.stringify(body)).not.toContain("PRIVATE");
});

test.each([
  ["https://ada:pw@example.com/shop", undefined, "URL_HAS_CREDENTIALS"],
  ["ext::sh%20-c%20x", undefined, "URL_SCHEME_NOT_ALLOWED"],
  ["http://example.com/shop", undefined, "URL_SCHEME_NOT_ALLOWED"],
  ["-oProxyCommand=x:y", undefined, "URL_NOT_VALID"],
  ["https://10.0.0.1/shop", undefined, "ADDRESS_NOT_ALLOWED"],
  ["https://localhost/shop", undefined, "ADDRESS_NOT_ALLOWED"],
  ["git@[::1]:shop", undefined, "ADDRESS_NOT_ALLOWED"],
  ["file:///nowhere/at/all", undefined, "NOT_A_REPOSITORY"],
  ["git@example.com:shop", { kind: "token", token: "x" }, "CREDENTIAL_NOT_VALID"],
  ["https://example.com/shop", { kind: "newKey" }, "CREDENTIAL_NOT_VALID"],
  ["git@example.com:shop", { kind: "key", privateKey: "nonsense" }, "CREDENTIAL_NOT_VALID"],
  ["https://example.com/shop", { kind: "token", token: "two\nlines" }, "BAD_INPUT"],
  ["https://example.com/shop", { kind: "token", username: "a:b", token: "x" }, "BAD_INPUT"],
])("%s with %j is refused as %s", async (url, credential, code) => {
  expect((await add(url, credential)).body).toMatchObject({ code });
});

test("neither a path nor a URL, and both, are refused", async () => {
  for (const source of [{}, { path: "/a", url: "https://example.com/a" }, null, "https://example.com/a"]) {
    expect((await post("/projects", { name: "x", source })).body).toMatchObject({ code: "BAD_INPUT" });
  }
});

test("a server's key is confirmed by what was shown; address, credential and schedule can be changed", async () => {
  const { body } = await add("git@example.com:ada/keyed.git");
  const { id } = body as { id: string };
  const offeredHostKey = `ssh-ed25519 ${Buffer.from("host").toString("base64")}`;
  const unknown = { ok: false, code: "HOST_KEY_UNKNOWN", reason: "A key.", offeredHostKey } as const;
  await recordFetch(stack.runtime.db, id, unknown);
  const fingerprint = fingerprintOf(offeredHostKey);
  const other = await post(`/projects/${id}/host-key`, { fingerprint: "SHA256:other" });
  expect(other.body).toMatchObject({ code: "HOST_KEY_CHANGED" });
  const confirmed = await post(`/projects/${id}/host-key`, { fingerprint });
  expect(confirmed.body).toMatchObject({ remote: { hostKey: fingerprint, offeredHostKey: null } });
  const url = "https://example.com/ada/keyed.git";
  const moved = await post(`/projects/${id}/remote`, { url, fetchEveryMinutes: 60 });
  expect(moved.body).toMatchObject({
    source: { url },
    remote: { credential: "none", publicKey: null, hostKey: null, fetchEveryMinutes: 60 },
  });
  const folder = await post(`/projects/${id}/remote`, { url: "file:///srv/shop" });
  expect(folder.body).toMatchObject({ code: "URL_SCHEME_NOT_ALLOWED" });
});
