import { rmSync } from "node:fs";
import { mkdir, mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, type Database } from "@heddle/db/database";
import { startHost } from "@heddle/db/hosts";
import { makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimTurn, endTurn } from "../testing/acting-worker.ts";
import { callApi } from "../testing/call-api.ts";
import { makeRepository } from "../testing/repository.ts";
import { installRuntime, startTestStack, type TestStack } from "../testing/test-stack.ts";
import { personalToken } from "../testing/tokens.ts";

let stack: TestStack;
let workspace: TestWorkspace;
let token: string;
let folder: string;

const call = (method: string, path: string, options: Parameters<typeof callApi>[3] = {}) =>
  callApi(stack.url, method, path, { token, ...options });

beforeAll(async () => {
  stack = await startTestStack();
  workspace = await makeWorkspace(stack.runtime.db);
  token = (await personalToken(stack.runtime.db, workspace, workspace.principals.owner)).token;
  folder = await mkdtemp(join(tmpdir(), "heddle-api-"));
});
afterAll(async () => {
  await stack.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Lets the routes run on another database for a while. */
async function withDatabase<T>(db: Database, act: () => Promise<T>): Promise<T> {
  const { runtime } = stack;
  installRuntime({ ...runtime, db });
  return act().finally(() => installRuntime(runtime));
}

describe("refusals", () => {
  test("nobody is told to sign in", async () => {
    const { status, body, headers } = await call("GET", "/projects", { token: undefined });
    expect({ status, body }).toEqual({
      status: 401,
      body: { code: "UNAUTHENTICATED", message: "Sign in to continue." },
    });
    expect(headers.get("www-authenticate")).toBe("Bearer");
  });

  test("a wrong token is refused, also beside nothing else", async () => {
    const { status, body } = await call("GET", "/projects", { token: "hdl_wrong" });
    expect(status).toBe(401);
    expect(body).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("an unknown address and a wrong method", async () => {
    expect(await call("GET", "/nothing/here")).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
    expect(await call("DELETE", "/projects")).toMatchObject({ status: 405, body: { code: "METHOD_NOT_SUPPORTED" } });
    expect(await call("GET", "/projects/%E0%A4%A")).toMatchObject({ status: 404 });
  });

  test("malformed JSON, another value than an object, and faults of the input", async () => {
    expect(await call("POST", "/providers", { body: "{" })).toMatchObject({
      status: 400,
      body: { code: "BAD_INPUT", message: "The body is not valid JSON." },
    });
    expect(await call("POST", "/providers", { body: [1] })).toMatchObject({ status: 400, body: { code: "BAD_INPUT" } });
    const { status, body } = await call("POST", "/providers", { body: { name: "", kind: "other", models: [] } });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "BAD_INPUT" });
    const paths = (body as { issues: { path: string }[] }).issues.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["name", "kind", "models"]));
  });

  test("a body over two megabytes", async () => {
    const body = JSON.stringify({ name: "x".repeat(3_000_000) });
    expect(await call("POST", "/providers", { body })).toMatchObject({
      status: 413,
      body: { code: "PAYLOAD_TOO_LARGE" },
    });
  });

  test("our own faults keep their detail to themselves", async () => {
    const answer = await withDatabase({ ...stack.runtime.db, prisma: undefined as never }, () =>
      call("GET", "/projects"),
    );
    expect(answer).toMatchObject({ status: 500, body: { code: "INTERNAL" } });
    expect(JSON.stringify(answer.body)).not.toContain("prisma");
  });

  test("a database that is away is said to be that, by calls and by the health check", async () => {
    const away = createDatabase({ url: "postgres://nobody@127.0.0.1:1/none", poolSize: 1 });
    const [answer, health] = await withDatabase(away, async () => [
      await call("GET", "/projects"),
      await fetch(`${stack.url}/api/health`),
    ]);
    await away.close();
    expect(answer).toMatchObject({ status: 503, body: { code: "UNAVAILABLE" } });
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ status: "down", checks: { postgres: "down", temporal: "ok" } });
  });

  test("the health check is well once a worker holds its lease", async () => {
    expect((await fetch(`${stack.url}/api/health`)).status).toBe(503);
    await startHost(stack.runtime.db, "host");
    const health = await fetch(`${stack.url}/api/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toEqual({
      status: "ok",
      version: expect.any(String),
      checks: { postgres: "ok", temporal: "ok", worker: "ok", model: "ok" },
    });
  });

  test("a thread of nobody, with an id of any shape", async () => {
    for (const id of ["none", "00000000-0000-7000-8000-000000000000", "%00", "..%2f.."]) {
      expect(await call("GET", `/threads/${id}`)).toMatchObject({ status: 404 });
    }
  });
});

describe("projects", () => {
  const add = (path: string, name = path) =>
    call("POST", "/projects", { body: { name: name.slice(-90), source: { path } } });

  test("a repository is registered and cloned later", async () => {
    const path = await makeRepository(join(folder, "good"));
    const { status, body } = await add(path, "Good");
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: expect.any(String), status: "cloning", source: { path }, name: "Good" });
    expect(await add(path, "Good")).toMatchObject({ status: 409, body: { code: "NAME_TAKEN" } });
  });

  test("a folder that is none, an empty repository, Heddle's own state and relative paths are refused", async () => {
    await mkdir(join(folder, "plain"));
    const empty = await makeRepository(join(folder, "empty"), { commit: false });
    const inside = await makeRepository(join(stack.runtime.env.HEDDLE_HOME, "repository"));
    await symlink(inside, join(folder, "link"));
    expect(await add(join(folder, "absent"))).toMatchObject({ status: 400, body: { code: "NOT_A_REPOSITORY" } });
    expect(await add(join(folder, "plain"))).toMatchObject({ status: 400, body: { code: "NOT_A_REPOSITORY" } });
    expect(await add(empty)).toMatchObject({ status: 400, body: { code: "EMPTY_REPOSITORY" } });
    expect(await add(inside)).toMatchObject({ status: 400, body: { code: "PATH_NOT_ALLOWED" } });
    expect(await add(join(folder, "link"))).toMatchObject({ status: 400, body: { code: "PATH_NOT_ALLOWED" } });
    expect(await add("somewhere")).toMatchObject({ status: 400, body: { code: "BAD_INPUT" } });
    expect(await add("/nowhere\0")).toMatchObject({ status: 400, body: { code: "NOT_A_REPOSITORY" } });
  });

  test("linked worktrees and bare repositories will do", async () => {
    const path = await makeRepository(join(folder, "main"), {
      worktree: join(folder, "linked"),
      bare: join(folder, "bare.git"),
    });
    expect(path).toBe(join(folder, "main"));
    expect(await add(join(folder, "linked"))).toMatchObject({ status: 200 });
    expect(await add(join(folder, "bare.git"))).toMatchObject({ status: 200 });
  });
});

describe("threads", () => {
  test("a thread runs from acceptance; items, turns and diff can be read", async () => {
    const created = await call("POST", `/projects/${workspace.projectId}/threads`, { body: { prompt: "Do it" } });
    expect(created).toMatchObject({
      status: 200,
      body: { status: "running", model: "demo/demo", usage: { inputTokens: 0 } },
    });
    const { id } = created.body as { id: string };
    expect(await call("GET", `/threads/${id}`)).toMatchObject({ status: 200, body: { id, filesModified: 0 } });
    const sent = await call("POST", `/threads/${id}/turns`, { body: { prompt: "And this" } });
    expect(sent).toMatchObject({ status: 200, body: { turnId: expect.any(String) } });
    const { db } = stack.runtime;
    expect(await call("GET", `/threads/${id}/turns`)).toMatchObject({
      body: [
        { number: 1, waiting: false },
        { number: 2, waiting: true },
      ],
    });
    await endTurn(await claimTurn(db, id));
    await claimTurn(db, id);
    const { body } = await call("GET", `/threads/${id}/items?after=1`);
    expect(body).toMatchObject({
      items: [{ type: "userMessage", text: "And this", author: { name: expect.any(String) } }],
    });
    expect(await call("GET", `/threads/${id}/diff`)).toMatchObject({ status: 200, body: { files: [] } });
    expect(await call("GET", `/threads/${id}/diff?turnId=none`)).toMatchObject({ status: 404 });
    expect(await call("POST", `/threads/${id}/commit`, { body: {} })).toMatchObject({
      status: 409,
      body: { code: "THREAD_BUSY" },
    });
  });

  test("a turn is steered, interrupted, tried again and edited; what waits is changed and let go", async () => {
    const { db } = stack.runtime;
    const { body } = await call("POST", `/projects/${workspace.projectId}/threads`, { body: { prompt: "Do it" } });
    const { id } = body as { id: string };
    const post = (path: string, input: object = {}) => call("POST", `/threads/${id}${path}`, { body: input });
    const turns = async () => (await call("GET", `/threads/${id}/turns`)).body;
    const turn = await claimTurn(db, id);
    const send = async (input: object) => ((await post("/turns", input)).body as { turnId: string }).turnId;
    const queued = await send({ prompt: "Queued" });
    const steering = await send({ prompt: "Steer", mode: "steer" });
    expect(await post("/turns", { prompt: "x", mode: "hurry" })).toMatchObject({ status: 400 });
    expect(await turns()).toMatchObject([{ id: turn.turnId }, { id: steering, mode: "steer" }, { id: queued }]);
    expect(await post(`/turns/${queued}/edit`, { prompt: "Better" })).toMatchObject({ status: 200, body: {} });
    expect(await post(`/turns/${queued}/move`, { before: steering })).toMatchObject({ status: 200, body: {} });
    expect(await call("DELETE", `/threads/${id}/turns/${steering}`)).toMatchObject({ status: 200, body: {} });
    expect(await call("DELETE", `/threads/${id}/turns/${steering}`)).toMatchObject({ status: 404 });
    expect(await post("/retry")).toMatchObject({ status: 409, body: { code: "THREAD_BUSY" } });
    expect(await post("/interrupt")).toMatchObject({ status: 200, body: { id, status: "running", stopping: true } });
    await endTurn(turn);
    expect(await post("/interrupt")).toMatchObject({ status: 409, body: { code: "NOT_RUNNING" } });
    expect(await turns()).toMatchObject([
      { status: "interrupted", retryable: true },
      { status: "held", waiting: true, prompt: "Better" },
    ]);
    expect(await post("/retry")).toMatchObject({ status: 200, body: { turnId: turn.turnId } });
    expect(await call("DELETE", `/threads/${id}/turns/${turn.turnId}`)).toMatchObject({ body: { code: "NOT_QUEUED" } });
    await endTurn(await claimTurn(db, id));
    const again = await post(`/turns/${turn.turnId}/resend`, { prompt: "Do that", restoreFiles: true });
    expect(again).toMatchObject({ status: 200, body: { turnId: expect.any(String) } });
    await endTurn(await claimTurn(db, id));
    expect(await post("/release")).toMatchObject({ status: 200, body: { status: "running" } });
    await endTurn(await claimTurn(db, id));
    expect(await turns()).toMatchObject([
      { status: "superseded", retries: 1 },
      { status: "completed", prompt: "Do that" },
      { status: "completed", prompt: "Better" },
    ]);
  });

  test("an unknown model is refused before anything is written", async () => {
    const path = `/projects/${workspace.projectId}/threads`;
    const before = await call("GET", path);
    const body = { prompt: "Do it", model: "nobody/nothing" };
    expect(await call("POST", path, { body })).toMatchObject({ status: 400, body: { code: "MODEL_NOT_FOUND" } });
    expect(await call("GET", path)).toEqual({ ...before, headers: expect.anything() });
  });

  test("the whole output of a command, by the item's id with its slashes", async () => {
    const { db } = stack.runtime;
    const created = await call("POST", `/projects/${workspace.projectId}/threads`, { body: { prompt: "Do it" } });
    const { id: threadId } = created.body as { id: string };
    const turn = await db.prisma.turn.findFirstOrThrow({ where: { threadId } });
    const id = `${turn.id}/0/0`;
    const data = { command: "cat", exitCode: 0, output: "", outputBytes: 6, durationMs: 1 };
    const row = {
      id,
      threadId,
      turnId: turn.id,
      step: 0,
      position: 9,
      seq: 9,
      type: "commandExecution",
      status: "completed",
      data,
    } as const;
    await db.prisma.item.create({ data: row });
    await db.prisma.outputChunk.createMany({
      data: [0, 1].map((index) => ({ itemId: id, index, data: new Uint8Array([0xff, 0, 10 + index]) })),
    });
    for (const name of [id, encodeURIComponent(id)]) {
      const response = await fetch(`${stack.url}/api/v1/threads/${threadId}/items/${name}/output`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(response.headers.get("content-type")).toBe("application/octet-stream");
      expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0xff, 0, 10, 0xff, 0, 11]);
    }
    for (const none of ["none", "%25zz"]) {
      expect(await call("GET", `/threads/${threadId}/items/${none}/output`)).toMatchObject({ status: 404 });
    }
  });
});

describe("workspaces, tokens and providers", () => {
  test("a second workspace, seen by its own token alone", async () => {
    const made = await call("POST", "/workspaces", { body: { name: "Second" } });
    expect(made).toMatchObject({
      status: 200,
      body: { id: expect.any(String), token: expect.stringMatching(/^hdl_/) },
    });
    const second = made.body as { id: string; token: string };
    expect(await call("GET", "/workspace", { token: second.token })).toMatchObject({
      body: { id: second.id, role: "owner" },
    });
    expect(await call("GET", "/projects", { token: second.token })).toMatchObject({ status: 200, body: [] });
    expect(await call("GET", `/projects/${workspace.projectId}`, { token: second.token })).toMatchObject({
      status: 404,
    });
    const viewer = await call("POST", "/tokens", { body: { role: "viewer", workspaceId: second.id } });
    const { token } = viewer.body as { token: string };
    expect(await call("GET", "/workspace", { token })).toMatchObject({ body: { id: second.id, role: "viewer" } });
    expect(await call("GET", `/projects/${workspace.projectId}`, { token })).toMatchObject({ status: 404 });
    const foreign = await makeWorkspace(stack.runtime.db);
    expect(await call("POST", "/tokens", { body: { role: "viewer", workspaceId: foreign.id } })).toMatchObject({
      status: 404,
    });
  });

  test("a token makes no personal token", async () => {
    expect(await call("POST", "/tokens/mine", { body: { name: "More" } })).toMatchObject({ status: 403 });
  });

  test("a provider at a private address is refused until it is allowed", async () => {
    const body = (baseUrl: string) => ({ name: "private", kind: "openai-chat", baseUrl, models: [{ id: "m" }] });
    for (const address of [
      "http://127.0.0.1:1/v1",
      "http://[::1]/",
      "http://10.1.2.3/",
      "http://localhost/",
      "http://0x7f.1/",
    ]) {
      const answer = await call("POST", "/providers", { body: body(address) });
      expect(answer, address).toMatchObject({ status: 400, body: { code: "ADDRESS_NOT_ALLOWED" } });
    }
    const apiKey = "sk-abcdefghijklmnop";
    const made = await call("POST", "/providers", {
      body: { ...body("https://93.184.215.14/v1"), name: "public", apiKey },
    });
    expect(made).toMatchObject({ status: 200 });
    const { body: list } = await call("GET", "/providers");
    expect(JSON.stringify(list)).not.toContain(apiKey);
    expect(list).toContainEqual(expect.objectContaining({ name: "public", apiKeyHint: "mnop" }));
    const { id } = made.body as { id: string };
    expect(await call("DELETE", `/providers/${id}`)).toMatchObject({ status: 200, body: { id } });
    expect(await call("DELETE", `/providers/${id}`)).toMatchObject({ status: 404 });
  });

  test("the audit log reads forward in pages and verifies", async () => {
    const { body } = await call("GET", "/audit?after=0&limit=2");
    expect(body).toMatchObject({ events: [{ seq: 1 }, { seq: 2 }] });
    expect(await call("GET", "/audit/verify")).toMatchObject({ body: { ok: true, from: 1, head: expect.any(String) } });
    expect(await call("GET", "/audit?limit=0")).toMatchObject({ status: 400 });
  });
});

test("openapi.json describes every call, with names of all its parameters", async () => {
  const { status, body } = await call("GET", "/openapi.json", { token: undefined });
  expect(status).toBe(200);
  const { paths } = body as {
    paths: Record<string, Record<string, { parameters?: { name: string }[]; operationId: string }>>;
  };
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(["/providers", "/projects/{projectId}/threads", "/threads/{threadId}/events"]),
  );
  for (const [path, methods] of Object.entries(paths)) {
    for (const { parameters = [] } of Object.values(methods)) {
      const named = [...path.matchAll(/\{(.+?)\}/g)].map(([, name]) => name);
      expect(
        parameters.map(({ name }) => name),
        path,
      ).toEqual(expect.arrayContaining(named));
    }
  }
});
