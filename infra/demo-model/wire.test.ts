import { afterAll, beforeAll, expect, it } from "vitest";
import { createDemoModel, type DemoModel } from "./server.ts";

let model: DemoModel;
beforeAll(async () => {
  model = await createDemoModel({ port: 0, chunkDelayMs: 0 });
});
afterAll(() => model.close());

const post = (body: unknown) =>
  fetch(`${model.baseUrl}/chat/completions`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

const tools = [{ type: "function", function: { name: "shell" } }];
const ask = (extra: object) => ({
  model: "scenario-tools",
  messages: [
    {
      role: "user",
      content: [
        { type: "text", text: '[{"text":"Hi there","calls":[{"name":"shell","arguments":{"command":"ls"}}]}]' },
      ],
    },
  ],
  tools,
  ...extra,
});

it("answers whole when no stream is asked for", async () => {
  const body = await (await post(ask({}))).json();
  expect(body).toMatchObject({
    object: "chat.completion",
    model: "scenario-tools",
    choices: [
      {
        index: 0,
        finish_reason: "tool_calls",
        message: {
          role: "assistant",
          content: "Hi there",
          tool_calls: [
            { id: "call_1_0", type: "function", function: { name: "shell", arguments: '{"command":"ls"}' } },
          ],
        },
      },
    ],
  });
  expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + body.usage.completion_tokens);
});

it("streams words and fragments of arguments, then the finish reason, the usage if asked for, and [DONE]", async () => {
  const response = await post(ask({ stream: true, stream_options: { include_usage: true } }));
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const events = (await response.text()).trim().split("\n\n");
  expect(events.pop()).toBe("data: [DONE]");
  const chunks = events.map((event) => JSON.parse(event.replace(/^data: /, "")));
  expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
  expect(chunks.pop()).toMatchObject({ choices: [], usage: { prompt_tokens: expect.any(Number) } });
  expect(chunks.pop().choices[0]).toMatchObject({ delta: {}, finish_reason: "tool_calls" });
  const deltas = chunks.map((chunk) => chunk.choices[0].delta);
  expect(deltas.shift()).toMatchObject({ role: "assistant" });
  expect(deltas.splice(0, 2)).toEqual([{ content: "Hi " }, { content: "there" }]);
  expect(deltas.shift().tool_calls[0]).toMatchObject({ index: 0, id: "call_1_0", type: "function" });
  expect(deltas.map((delta) => delta.tool_calls[0].function.arguments).join("")).toBe('{"command":"ls"}');
  expect(deltas.length).toBeGreaterThan(1);

  const plain = await (await post(ask({ stream: true }))).text();
  expect(plain).not.toContain('"usage"');
});

it("lists its models", async () => {
  const { data } = await (await fetch(`${model.baseUrl}/models`)).json();
  expect(data.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining(["demo", "scenario-tools"]));
});

it.each([
  ["not JSON", "{", 400],
  ["no messages", { model: "demo", messages: [] }, 400],
  ["an odd role", { model: "demo", messages: [{ role: "robot", content: "x" }] }, 400],
  ["an unknown model", { model: "gpt", messages: [{ role: "user", content: "x" }] }, 404],
])("refuses %s the way OpenAI does", async (_, body, status) => {
  const response = await post(body);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({
    error: { message: expect.any(String), type: "invalid_request_error" },
  });
});

it("knows no other route", async () => {
  expect((await fetch(`${model.baseUrl}/embeddings`, { method: "POST" })).status).toBe(404);
});

it("answers without tools", async () => {
  const body = await (await post({ model: "demo", messages: [{ role: "user", content: "fix the tests" }] })).json();
  expect(body.choices[0].message.content).toContain("no tools");
});
