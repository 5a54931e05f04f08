import { Writable } from "node:stream";
import { projectScope } from "@heddle/db/scope";
import { makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { createThread } from "@heddle/db/threads";
import { createLog } from "@heddle/telemetry/log";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callApi } from "../testing/call-api.ts";
import { installRuntime, startTestStack, type TestStack } from "../testing/test-stack.ts";
import { personalToken } from "../testing/tokens.ts";
import { type Endpoint, endpoints } from "./api-endpoints.ts";

let stack: TestStack;
let workspace: TestWorkspace;
let token: string;
let ids: Record<string, string>;
const logged: string[] = [];

beforeAll(async () => {
  stack = await startTestStack();
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  stack.runtime = { ...stack.runtime, log: createLog({ name: "web", level: "error" }, sink) };
  installRuntime(stack.runtime);
  workspace = await makeWorkspace(stack.runtime.db);
  token = (await personalToken(stack.runtime.db, workspace, workspace.principals.owner)).token;
  const { projectId, principals } = workspace;
  const scope = await projectScope(stack.runtime.db, principals.owner, projectId, "thread.create");
  const { id: threadId } = await createThread(scope, { prompt: "Look around", visibility: "shared" });
  const turn = await stack.runtime.db.prisma.turn.findFirstOrThrow({ where: { threadId } });
  ids = { projectId, threadId, turnId: turn.id };
});
afterAll(() => stack.close());

/** A value of the wrong kind, or of the right one and no good. */
const values: Record<string, unknown> = {
  "NUL bytes": "\0a\0",
  "a lone surrogate": "\ud800",
  "a long text": "x".repeat(1_000_000),
  nothing: "",
  blanks: "   ",
  quotes: `'"; DROP TABLE "Thread"; --`,
  "a path": "../../../../etc/passwd",
  "a lot of digits": "9".repeat(400),
  "a number": 1e308,
  "a negative number": -1,
  true: true,
  null: null,
  "a list": [["a"], {}],
  "an object": { a: { b: 1 } },
};

/** Text is all that an address can carry. */
function addressOf({ segments }: Endpoint, name: string, value: unknown): string {
  const part = (key: string) => (key === name ? String(value).slice(0, 4_000) : (ids[key] ?? "none"));
  return segments
    .map((text) => text.replace(/^\{(.+)\}$/, (_, key) => encodeURIComponent(part(key).toWellFormed())))
    .join("/");
}

const cases = endpoints.flatMap((endpoint) =>
  Object.keys(endpoint.input.shape).map((name) => ({ procedure: endpoint.procedure, name, endpoint })),
);

test.each(cases)("$procedure answers whatever comes as $name", async ({ endpoint, name }) => {
  const { method, segments } = endpoint;
  const inPath = segments.includes(`{${name}}`);
  for (const [what, value] of Object.entries(values)) {
    const query =
      method !== "POST" && !inPath ? `?${new URLSearchParams({ [name]: String(value).slice(0, 4_000) })}` : "";
    const body = method === "POST" ? JSON.stringify({ [name]: value }) : undefined;
    const answer = await callApi(stack.url, method, `/${addressOf(endpoint, inPath ? name : "", value)}${query}`, {
      token,
      body,
    });
    expect.soft(answer.status, `${what}: ${JSON.stringify(answer.body).slice(0, 200)}`).toBeLessThan(500);
    if (answer.status >= 400)
      expect.soft(Object.keys(answer.body as object).sort(), what).toEqual(expect.arrayContaining(["code", "message"]));
  }
  expect(logged.splice(0)).toEqual([]);
});

test.each([
  ["lists", "[".repeat(500_000) + "]".repeat(500_000)],
  ["objects", `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`],
])("refuses a body of nested %s without end", async (_, nested) => {
  const body = `{"prompt":${nested}}`;
  const refused = { status: 400, body: { code: "BAD_INPUT" } };
  expect(await callApi(stack.url, "POST", `/threads/${ids.threadId}/turns`, { token, body })).toMatchObject(refused);
  const headers = { "idempotency-key": "nested" };
  expect(await callApi(stack.url, "POST", `/threads/${ids.threadId}/turns`, { token, body, headers })).toMatchObject(
    refused,
  );
  const viaPage = await fetch(`${stack.url}/api/trpc/threads.sendTurn`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: `{"json":{"threadId":"${ids.threadId}","prompt":${nested}}}`,
  });
  expect(viaPage.status).toBe(400);
  expect(logged.splice(0)).toEqual([]);
});

test.each([
  ["a big integer that is none", { json: { threadId: "x" }, meta: { values: { threadId: ["bigint"] } } }],
  ["a type that does not exist", { json: { threadId: "x" }, meta: { values: { threadId: ["custom", "none"] } } }],
  ["a prototype", { json: { threadId: "x" }, meta: { values: { "__proto__.a": ["Date"] } } }],
  ["paths that lead nowhere", { json: { threadId: "x" }, meta: { values: { "a.b.c": ["Date"] } } }],
  ["references to prototypes", { json: {}, meta: { referentialEqualities: { __proto__: ["constructor"] } } }],
  ["no object of types", { json: { threadId: "x" }, meta: 1 }],
  ["nothing", null],
  ["a list", []],
])("refuses input whose types are %s", async (_, input) => {
  for (const [method, path] of [
    ["POST", "threads.sendTurn"],
    ["GET", "threads.get"],
  ] as const) {
    const query = method === "GET" ? `?input=${encodeURIComponent(JSON.stringify(input))}` : "";
    const answer = await fetch(`${stack.url}/api/trpc/${path}${query}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: method === "POST" ? JSON.stringify(input) : undefined,
    });
    const text = await answer.text();
    expect.soft(answer.status, text).toBeLessThan(500);
    expect.soft(text).not.toMatch(/stack|node_modules|\.ts:/);
  }
  expect(logged.splice(0)).toEqual([]);
  expect(({} as Record<string, unknown>).a).toBeUndefined();
});

test.each([
  "/api/v1/threads/{threadId}/items/a%2500b/output",
  "/api/v1/threads/{threadId}/items/%25zz/output",
  "/api/v1/threads/{threadId}/events?after=-1",
  "/api/v1/threads/{threadId}/events?after=1e999",
  "/api/stream?threadId=%00",
  "/api/stream?workspaceId=%00%ff",
  "/git/%00.git/info/refs?service=git-upload-pack",
  "/git/{projectId}.git/info/refs?service=%00",
])("refuses %s", async (address) => {
  const path = address.replace(/\{(.+)\}/, (_, key) => ids[key] ?? "");
  const answer = await fetch(`${stack.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  expect(answer.status, text).toBeGreaterThanOrEqual(400);
  expect(answer.status, text).toBeLessThan(500);
  expect(JSON.parse(text)).toEqual({ code: expect.any(String), message: expect.any(String) });
  expect(logged.splice(0)).toEqual([]);
});
