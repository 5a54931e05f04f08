import { createOpenAiChat } from "@heddle/agent/models/openai-chat";
import { ModelError, type ModelErrorKind, type ModelMessage } from "@heddle/agent/models/port";
import { type AttemptEnd, streamWithRetries } from "@heddle/agent/models/retry";
import { toolSpecs } from "@heddle/agent/orchestrator";
import { commitMessageMessages } from "@heddle/agent/prompts/commit-message";
import { titleMessages } from "@heddle/agent/prompts/title";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDemoModel, type DemoModel } from "./server.ts";
import { loopbackFetch } from "./testing/conversation.ts";

let model: DemoModel;
beforeAll(async () => {
  model = await createDemoModel({ port: 0, chunkDelayMs: 0 });
});
afterAll(() => model.close());

let nonces = 0;
const nonce = () => `nonce=n${++nonces}`;
const port = () => createOpenAiChat({ baseUrl: model.baseUrl, fetch: loopbackFetch });

function request(name: string, prompt: string, earlier: ModelMessage[] = []) {
  const messages: ModelMessage[] = [
    { role: "system", content: "You are a coding agent." },
    { role: "user", content: prompt },
    ...earlier,
  ];
  return { model: name, messages, tools: toolSpecs() };
}

/** One step that has been played: the call and what came of it. */
function played(id: string, result: string): ModelMessage[] {
  return [
    { role: "assistant", content: "", toolCalls: [{ id, name: "shell", arguments: "{}" }] },
    { role: "tool", toolCallId: id, content: result },
  ];
}

async function withRetries(name: string, prompt: string) {
  const kinds: (ModelErrorKind | "answer")[] = [];
  const waits: (number | null)[] = [];
  let resets = 0;
  const answer = await streamWithRetries(port(), request(name, prompt), {
    policy: { baseDelayMs: 1, maxDelayMs: 2 },
    onReset: () => void resets++,
    onAttemptEnd: ({ result, retryInMs }: AttemptEnd) => {
      kinds.push("error" in result ? result.error.kind : "answer");
      waits.push(retryInMs);
    },
  });
  return { answer, kinds, waits, resets };
}

async function kindOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  return error instanceof ModelError ? error.kind : "no ModelError";
}

async function seen(
  marker: string,
): Promise<{ count: number; requests: { kind: string; step: number; status: number }[] }> {
  const url = new URL("/_requests", model.baseUrl);
  url.searchParams.set("contains", marker);
  return (await fetch(url)).json();
}

describe("scenario-tools", () => {
  const plan = JSON.stringify([
    { text: "First.", calls: [{ name: "shell", arguments: { command: "echo [1]" } }, { name: "list_files" }] },
    { name: "read_file", arguments: { path: "a" } },
    "The end.",
  ]);

  it("plays the steps in the prompt by the results seen so far", async () => {
    const prompt = `Play [this]: ${plan}`;
    const first = await port().stream(request("scenario-tools", prompt));
    expect(first).toMatchObject({ text: "First.", finishReason: "tool_calls" });
    expect(first.toolCalls.map((call) => [call.name, call.arguments])).toEqual([
      ["shell", '{"command":"echo [1]"}'],
      ["list_files", "{}"],
    ]);
    const second = await port().stream(request("scenario-tools", prompt, played("a", "1")));
    expect(second.toolCalls).toMatchObject([{ name: "read_file", arguments: '{"path":"a"}' }]);
    const third = await port().stream(request("scenario-tools", prompt, [...played("a", "1"), ...played("b", "2")]));
    expect(third).toMatchObject({ text: "The end.", toolCalls: [], finishReason: "stop" });
    expect(third.usage?.inputTokens).toBeGreaterThan(0);
  });

  it("gives the same answer to the same request", async () => {
    const ask = () => port().stream(request("scenario-tools", plan));
    expect(await ask()).toEqual(await ask());
  });
});

describe("scenarios that fail", () => {
  it("scenario-429 asks to wait, in seconds or until a date", async () => {
    const seconds = await withRetries("scenario-429", `times=2 retryAfter=0.05 ${nonce()}`);
    expect(seconds.kinds).toEqual(["rate_limited", "rate_limited", "answer"]);
    expect(seconds.waits[0]).toBeGreaterThanOrEqual(50);
    const date = await withRetries("scenario-429", `retryAfter=date2 ${nonce()}`);
    expect(date.waits[0]).toBeGreaterThan(500);
    expect(date.answer.text).toBe("Done.");
  });

  it("scenario-500 recovers", async () => {
    expect((await withRetries("scenario-500", `times=2 ${nonce()}`)).kinds).toEqual(["server", "server", "answer"]);
  });

  it("scenario-cut cuts the text in the middle, then it starts over", async () => {
    const { answer, kinds, resets } = await withRetries("scenario-cut", `times=2 ${nonce()} ["All of it."]`);
    expect(kinds).toEqual(["cut", "cut", "answer"]);
    expect(resets).toBe(2);
    expect(answer.text).toBe("All of it.");
  });

  it("scenario-hang says nothing for ever, or once", async () => {
    expect(await kindOf(port().stream(request("scenario-hang", `after=nothing ${nonce()}`)))).toBe("timeout");
    expect((await withRetries("scenario-hang", `times=1 ${nonce()}`)).kinds).toEqual(["timeout", "answer"]);
  });

  it.each([
    ["scenario-400", "bad_request"],
    ["scenario-401", "auth"],
    ["scenario-context", "context"],
    ["no-such-model", "bad_request"],
  ])("%s is %s", async (name, kind) => {
    expect(await kindOf(withRetries(name, nonce()))).toBe(kind);
  });

  it("fail at one step only if the prompt says so", async () => {
    const prompt = `step=1 ${nonce()}`;
    expect((await port().stream(request("scenario-500", prompt))).text).toBe("Done.");
    expect(await kindOf(port().stream(request("scenario-500", prompt, played("a", "1"))))).toBe("server");
  });

  it("take parameters from the model's name", async () => {
    const { kinds } = await withRetries("scenario-500:times=3", nonce());
    expect(kinds).toEqual(["server", "server", "server", "answer"]);
  });
});

describe("scenarios about tools and time", () => {
  it("scenario-malformed recovers after the tool's error", async () => {
    const prompt = nonce();
    const first = await port().stream(request("scenario-malformed", prompt));
    expect(() => JSON.parse(first.toolCalls[0]?.arguments ?? "")).toThrow();
    const second = await port().stream(request("scenario-malformed", prompt, played("a", "malformed")));
    expect(second.toolCalls).toMatchObject([{ name: "shell", arguments: '{"command":"echo recovered"}' }]);
  });

  it("scenario-unknown-tool goes on after the tool's error", async () => {
    const prompt = nonce();
    expect((await port().stream(request("scenario-unknown-tool", prompt))).toolCalls[0]?.name).toBe("no_such_tool");
    expect((await port().stream(request("scenario-unknown-tool", prompt, played("a", "unknown")))).text).toBe("Done.");
  });

  it("scenario-slow streams so many tokens and can be stopped in the middle", async () => {
    const pieces: string[] = [];
    await port().stream(request("scenario-slow", `tokens=30 delay=1 ${nonce()}`), {
      onDelta: ({ text }) => void pieces.push(text),
    });
    expect(pieces).toHaveLength(30);
    const controller = new AbortController();
    const stopped = port().stream(request("scenario-slow", `tokens=100000 delay=1 ${nonce()}`), {
      signal: controller.signal,
      onDelta: () => controller.abort(),
    });
    expect(await kindOf(stopped)).toBe("aborted");
  });
});

describe("requests for titles and commit messages", () => {
  it("are answered by every model and use up no failure", async () => {
    const prompt = `Please fix the discount in price.js, quickly. ${nonce()} times=1`;
    const title = await port().stream({ model: "scenario-500", messages: titleMessages(prompt), tools: [] });
    expect(title.text).toBe("Fix the discount in price.js, quickly");
    expect((await withRetries("scenario-500", prompt)).kinds).toEqual(["server", "answer"]);
  });

  it("give a commit message from what was asked", async () => {
    const messages = commitMessageMessages({
      diffStat: " src/price.js | 2 +-\n test/a.js | 1 +\n 2 files changed",
      patch: "+x",
      prompts: ["Fix the failing test.", "now rename total to sum"],
    });
    const { text } = await port().stream({ model: "demo", messages, tools: [] });
    expect(text).toBe(
      "Rename total to sum\n\nAlso asked for:\n- Fix the failing test\n\nFiles:\n- src/price.js\n- test/a.js",
    );
  });
});

describe("the request log", () => {
  it("counts requests by a marker in the prompt, without giving prompts out", async () => {
    const marker = nonce();
    await withRetries("scenario-500", marker);
    await port().stream({ model: "demo", messages: titleMessages(marker), tools: [] });
    const { count, requests } = await seen(marker);
    expect(count).toBe(3);
    expect(requests.map(({ kind, status }) => [kind, status])).toEqual([
      ["turn", 500],
      ["turn", 200],
      ["title", 200],
    ]);
    expect(JSON.stringify(requests)).not.toContain(marker);
    expect((await seen("never sent")).count).toBe(0);
  });
});
