import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEgressFetch } from "./egress.ts";
import { createOpenAiChat, normaliseBaseUrl } from "./openai-chat.ts";
import { ModelError, type ModelRequest } from "./port.ts";
import { chunk, createRawServer, startStream } from "./testing/raw-server.ts";

const apiKey = "sk-test-0123456789abcdef";
const fetch = createEgressFetch({ allowPrivate: () => true, idleTimeoutMs: 300 });
const request: ModelRequest = { model: "m", messages: [{ role: "user", content: "hello" }], tools: [] };

let server: Awaited<ReturnType<typeof createRawServer>>;
beforeAll(async () => {
  server = await createRawServer();
});
afterAll(() => server.close());

const port = (options = {}) => createOpenAiChat({ baseUrl: server.origin, apiKey, fetch, ...options });

async function ask(answer: (response: ServerResponse) => void, changes: Partial<ModelRequest> = {}) {
  server.answerWith(answer);
  const deltas: string[] = [];
  const result = await port().stream(
    { ...request, ...changes },
    { onDelta: ({ type, text }) => void deltas.push(`${type}:${text}`) },
  );
  return { ...result, deltas };
}

const streaming =
  (...events: string[]) =>
  (response: ServerResponse) => {
    startStream(response);
    for (const event of events) response.write(event);
    response.end();
  };

const failing =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };

async function errorOf(promise: Promise<unknown>): Promise<ModelError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof ModelError)) throw new Error(`expected a ModelError, got ${String(error)}`);
  return error;
}

const done = "data: [DONE]\n\n";

describe("the request", () => {
  it("carries messages, tools, the limit and the key", async () => {
    await ask(streaming(chunk({ content: "x" }, "stop"), done), {
      messages: [
        { role: "system", content: "s\0" },
        { role: "user", content: "u" },
        { role: "assistant", content: "", toolCalls: [{ id: "a", name: "shell", arguments: "{}" }] },
        { role: "tool", toolCallId: "a", content: "ok" },
      ],
      tools: [{ name: "shell", description: "runs", parameters: { type: "object" } }],
      maxOutputTokens: 9,
    });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.path).toBe("/v1/chat/completions");
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${apiKey}`);
    expect(server.requests[0]?.body).toEqual({
      model: "m",
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 9,
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: "u" },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "a", type: "function", function: { name: "shell", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "a", content: "ok" },
      ],
      tools: [{ type: "function", function: { name: "shell", description: "runs", parameters: { type: "object" } } }],
    });
  });

  it("sends no authorization without a key", async () => {
    server.answerWith(streaming(chunk({ content: "x" }, "stop"), done));
    await port({ apiKey: undefined }).stream(request);
    expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  it.each([
    ["https://host", "https://host/v1"],
    ["https://host/ ", "https://host/v1"],
    ["https://host/v1", "https://host/v1"],
    ["https://host/v1///", "https://host/v1"],
    ["https://host/openai/v1/chat/completions", "https://host/openai/v1"],
    ["https://host/inference", "https://host/inference"],
  ])("takes the base URL %j as %s", (text, expected) => {
    expect(normaliseBaseUrl(text).href).toBe(expected);
  });

  it.each(["", "host:80", "ftp://host", "https://user:pass@host"])("refuses the base URL %j", (text) => {
    expect(() => normaliseBaseUrl(text)).toThrow(ModelError);
  });
});

describe("the answer", () => {
  it("streams text and reasoning and takes the usage", async () => {
    const answer = await ask(
      streaming(
        ": a comment\n\n",
        chunk({ role: "assistant", content: "" }),
        chunk({ reasoning_content: "hm" }),
        chunk({ reasoning: "!" }),
        chunk({ content: "Hel" }),
        chunk({ content: "lo" }),
        chunk({}, "stop"),
        `data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}\n\n`,
        done,
      ),
    );
    expect(answer).toMatchObject({ text: "Hello", reasoning: "hm!", toolCalls: [], finishReason: "stop" });
    expect(answer.usage).toEqual({ inputTokens: 7, outputTokens: 2 });
    expect(answer.deltas).toEqual(["reasoning:hm", "reasoning:!", "text:Hel", "text:lo"]);
  });

  it("has no usage if the provider tells none", async () => {
    expect((await ask(streaming(chunk({ content: "x" }, "stop"), done))).usage).toBeNull();
  });

  it("joins a surrogate pair that comes in two pieces and drops NUL", async () => {
    const events = ['{"content":"a\\ud83d"}', '{"content":"\\ude00b\\u0000"}', '{"content":"\\ud800"}'].map(
      (delta) => `data: {"choices":[{"index":0,"delta":${delta}}]}\n\n`,
    );
    const answer = await ask(streaming(...events, chunk({}, "stop"), done));
    expect(answer.text).toBe("a😀b\uFFFD");
    expect(answer.deltas).toEqual(["text:a", "text:😀b", "text:\uFFFD"]);
  });

  it("puts interleaved tool call fragments together", async () => {
    const fragment = (index: number, rest: object) => chunk({ tool_calls: [{ index, ...rest }] });
    const answer = await ask(
      streaming(
        fragment(0, { id: "a", type: "function", function: { name: "shell", arguments: "" } }),
        fragment(1, { id: "b", type: "function", function: { name: "read_file", arguments: '{"pa' } }),
        fragment(0, { function: { arguments: '{"command":' } }),
        fragment(1, { function: { arguments: 'th":"x"}' } }),
        fragment(0, { function: { arguments: '"ls"}' } }),
        chunk({}, "tool_calls"),
        done,
      ),
    );
    expect(answer.finishReason).toBe("tool_calls");
    expect(answer.toolCalls).toEqual([
      { id: "a", name: "shell", arguments: '{"command":"ls"}' },
      { id: "b", name: "read_file", arguments: '{"path":"x"}' },
    ]);
  });

  it("tolerates missing ids and indices, one index for all, repeated names, object arguments and a wrong finish reason", async () => {
    const calls = (...tool_calls: object[]) => chunk({ tool_calls });
    const without = await ask(
      streaming(
        calls({ index: 0, function: { name: "shell", arguments: "{" } }),
        calls({ index: 0, function: { name: "shell", arguments: "}" } }),
        calls({ index: 1, function: { name: "list_files", arguments: { path: "." } } }),
        chunk({}, "stop"),
        done,
      ),
    );
    expect(without.finishReason).toBe("tool_calls");
    expect(without.toolCalls).toEqual([
      { id: "call_1_0", name: "shell", arguments: "{}" },
      { id: "call_1_1", name: "list_files", arguments: '{"path":"."}' },
    ]);
    const oneIndex = await ask(
      streaming(
        calls({ index: 0, id: "a", function: { name: "x", arguments: "{}" } }),
        calls({ index: 0, id: "b", function: { name: "y", arguments: "{}" } }),
        calls({ id: "c", function: { name: "z", arguments: "{" } }),
        calls({ function: { arguments: "}" } }),
        chunk({}, "tool_calls"),
        done,
      ),
    );
    expect(oneIndex.toolCalls.map((call) => [call.id, call.name, call.arguments])).toEqual([
      ["a", "x", "{}"],
      ["b", "y", "{}"],
      ["c", "z", "{}"],
    ]);
  });

  it("is complete when only the end after the finish reason is missing", async () => {
    const answer = await ask((response) => {
      startStream(response);
      response.write(chunk({ content: "x" }, "stop"), () => response.socket?.destroy());
    });
    expect(answer).toMatchObject({ text: "x", usage: null });
  });

  it.each([["length"], ["content_filter"]])("keeps the finish reason %s", async (reason) => {
    expect((await ask(streaming(chunk({ content: "x" }, reason), done))).finishReason).toBe(reason);
  });

  it("passes on what the consumer of deltas throws", async () => {
    server.answerWith(streaming(chunk({ content: "x" }), chunk({}, "stop"), done));
    const mine = new Error("mine");
    const onDelta = () => {
      throw mine;
    };
    await expect(port().stream(request, { onDelta })).rejects.toBe(mine);
  });
});

describe("errors", () => {
  it.each([
    ["auth", 401, { error: { message: `Incorrect API key provided: ${apiKey}` } }],
    ["auth", 403, { error: { message: "no" } }],
    ["bad_request", 400, { error: { message: "bad" } }],
    ["bad_request", 404, { error: { message: "no such model", code: "model_not_found" } }],
    ["bad_request", 422, "not json"],
    ["bad_request", 307, ""],
    ["bad_request", 429, { error: { message: "You exceeded your quota", code: "insufficient_quota" } }],
    ["context", 400, { error: { message: "too long", code: "context_length_exceeded" } }],
    ["context", 400, { error: { message: "This model's maximum context length is 8192 tokens." } }],
    ["context", 413, "<html>"],
    ["rate_limited", 429, { error: { message: "slow down" } }],
    ["timeout", 408, ""],
    ["server", 500, "<html>"],
    ["server", 503, { error: { message: "overloaded" } }],
  ])("is %s for %i %j", async (kind, status, body) => {
    const error = await errorOf(ask(failing(status, body, { location: "http://127.0.0.1/", "retry-after": "7" })));
    expect(error).toMatchObject({ kind, status, retryAfterMs: 7_000, receivedChars: undefined });
    expect(server.requests).toHaveLength(1);
  });

  it("never shows the key, not even when the provider repeats it", async () => {
    const bodies = [`bad ${apiKey} here`, "bad sk-abcd****wxyz here", `Bearer ${apiKey}`];
    for (const message of bodies) {
      for (const status of [400, 401, 500]) {
        const error = await errorOf(ask(failing(status, { error: { message } })));
        expect(error.message).not.toMatch(/0123456789|abcd|wxyz/);
      }
    }
    const inStream = await errorOf(ask(streaming(`data: {"error":{"message":"bad ${apiKey}"}}\n\n`)));
    expect(inStream.message).toContain("bad [key]");
  });

  it("is cut when the connection closes in the middle, cleanly or not", async () => {
    const broken = (response: ServerResponse) => {
      startStream(response);
      response.write(chunk({ content: "12345" }), () => response.socket?.destroy());
    };
    for (const answer of [
      broken,
      streaming(chunk({ content: "12345" })),
      streaming(chunk({ content: "12345" }), 'data: {"cho'),
    ]) {
      expect(await errorOf(ask(answer))).toMatchObject({ kind: "cut", receivedChars: 5 });
    }
  });

  it("is cut when the connection closes before any answer", async () => {
    expect(await errorOf(ask((response) => response.socket?.destroy()))).toMatchObject({
      kind: "cut",
      receivedChars: undefined,
    });
  });

  it("is server or rate_limited for an error inside the stream", async () => {
    const inside = (error: object) => streaming(chunk({ content: "x" }), `data: ${JSON.stringify({ error })}\n\n`);
    expect((await errorOf(ask(inside({ message: "overloaded" })))).kind).toBe("server");
    expect((await errorOf(ask(inside({ message: "slow", code: "rate_limit_exceeded" })))).kind).toBe("rate_limited");
  });

  it("is timeout when no byte comes, before the headers or in the middle", async () => {
    const silent = await errorOf(ask(() => {}));
    expect(silent).toMatchObject({ kind: "timeout", receivedChars: undefined });
    const stalled = await errorOf(
      ask((response) => {
        startStream(response);
        response.write(chunk({ content: "12345" }));
      }),
    );
    expect(stalled).toMatchObject({ kind: "timeout", receivedChars: 5 });
  });

  it("is server when nothing listens there", async () => {
    const gone = await createRawServer();
    gone.close();
    expect((await errorOf(port({ baseUrl: gone.origin }).stream(request))).kind).toBe("server");
  });

  it("is bad_request for an address that is not allowed, and nothing is sent", async () => {
    server.answerWith(streaming(done));
    const guarded = createEgressFetch({ allowPrivate: () => false });
    const error = await errorOf(port({ fetch: guarded }).stream(request));
    expect(error.kind).toBe("bad_request");
    expect(error.message).toContain("private address");
    expect(server.requests).toHaveLength(0);
  });

  it("is bad_request for a page that is no Chat Completions server", async () => {
    const page = (response: ServerResponse) => response.writeHead(200, { "content-type": "text/html" }).end("<html>");
    expect((await errorOf(ask(page))).message).toContain("base URL");
  });

  it("is aborted at any time, and the connection closes", async () => {
    expect((await errorOf(port().stream(request, { signal: AbortSignal.abort() }))).kind).toBe("aborted");

    let onClosed = () => {};
    const closed = new Promise<void>((resolve) => {
      onClosed = resolve;
    });
    const controller = new AbortController();
    server.answerWith((response) => {
      response.once("close", onClosed);
      startStream(response);
      response.write(chunk({ content: "12345" }));
    });
    const error = await errorOf(
      port().stream(request, { signal: controller.signal, onDelta: () => controller.abort() }),
    );
    expect(error).toMatchObject({ kind: "aborted", receivedChars: 5 });
    await closed;
  });
});
