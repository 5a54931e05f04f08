import { describe, expect, it } from "vitest";
import {
  buildMessages,
  defaultTurnLimits,
  nextAction,
  type StepHistory,
  type TurnHistory,
  type TurnProgress,
} from "./loop.ts";

const call = (
  id: string,
  result: StepHistory["toolCalls"][number]["result"],
  name = "shell",
  text = '{"command":"ls"}',
) => ({
  id,
  name,
  arguments: text,
  result,
});
const done = { status: "completed", forModel: "ok" } as const;

function messagesOf(...steps: TurnHistory["steps"]) {
  return buildMessages({ system: "system", turns: [{ prompt: "do it", steps }] });
}

describe("buildMessages", () => {
  it("puts turns in order, each result after its call", () => {
    const messages = buildMessages({
      system: "rules",
      turns: [
        {
          prompt: "first",
          steps: [
            { text: "I look.", toolCalls: [call("a", done), call("b", done)] },
            { text: "Done.", toolCalls: [] },
          ],
        },
        { prompt: "second", steps: [] },
      ],
    });
    expect(messages).toEqual([
      { role: "system", content: "rules" },
      { role: "user", content: "first" },
      {
        role: "assistant",
        content: "I look.",
        toolCalls: [
          { id: "a", name: "shell", arguments: '{"command":"ls"}' },
          { id: "b", name: "shell", arguments: '{"command":"ls"}' },
        ],
      },
      { role: "tool", toolCallId: "a", content: "ok" },
      { role: "tool", toolCallId: "b", content: "ok" },
      { role: "assistant", content: "Done." },
      { role: "user", content: "second" },
    ]);
  });

  it("puts a note of what happened with what the model was told last: it is nobody's prompt", () => {
    const told = (...steps: Parameters<typeof messagesOf>) =>
      messagesOf(...steps)
        .slice(1)
        .map(({ role, content }) => [role, content]);
    const note = { note: "Moved." };
    expect(told(note)).toEqual([["user", "do it\n\n(Moved.)"]]);
    expect(told({ text: "", toolCalls: [call("a", done)] }, note).at(-1)).toEqual(["tool", "ok\n\n(Moved.)"]);
    expect(told({ text: "Done.", toolCalls: [] }, note).at(-1)).toEqual(["user", "(Moved.)"]);
  });

  it("puts a steered prompt between the results before it and the answer to it", () => {
    const messages = messagesOf(
      { text: "", toolCalls: [call("a", done)] },
      { steered: "Use tabs" },
      { text: "Tabs it is.", toolCalls: [call("b", done)] },
      { steered: "And be quick" },
    );
    expect(messages.slice(1).map(({ role, content }) => [role, content])).toEqual([
      ["user", "do it"],
      ["assistant", ""],
      ["tool", "ok"],
      ["user", "Use tabs"],
      ["assistant", "Tabs it is."],
      ["tool", "ok"],
      ["user", "And be quick"],
    ]);
  });

  it("says where a turn was cut off", () => {
    const cutShort = { prompt: "first", steps: [{ text: "Half an ans", toolCalls: [] }], cut: "interrupted" as const };
    const messages = buildMessages({ system: "s", turns: [cutShort, { prompt: "second", steps: [] }] });
    expect(messages.slice(2).map(({ role }) => role)).toEqual(["assistant", "user", "user"]);
    expect(messages[3]?.content).toContain("interrupted");
  });

  it("asks to go on where the model has had the last word", () => {
    expect(messagesOf({ text: "Half", toolCalls: [] }).at(-1)).toMatchObject({ role: "user" });
  });

  it("says of an interrupted call that its effect is unknown, and keeps its output", () => {
    const messages = messagesOf({ text: "", toolCalls: [call("a", { status: "interrupted", forModel: "half" })] });
    expect(messages.at(-1)?.content).toMatch(/effect is unknown[\s\S]*half$/);
  });

  it("gives a call that never started a result that says so", () => {
    const messages = messagesOf({ text: "", toolCalls: [call("a", done), call("b", null)] });
    expect(messages.at(-1)).toMatchObject({
      role: "tool",
      toolCallId: "b",
      content: expect.stringContaining("Not run"),
    });
  });

  it("has exactly one result for each call even when ids repeat or are empty", () => {
    const step = { text: "", toolCalls: [call("shell:0", done), call("shell:0", done), call("", done)] };
    const messages = messagesOf(step, step);
    const called = messages.flatMap((m) => (m.role === "assistant" ? (m.toolCalls ?? []).map((c) => c.id) : []));
    const answered = messages.flatMap((m) => (m.role === "tool" ? [m.toolCallId] : []));
    expect(new Set(called).size).toBe(6);
    expect(answered).toEqual(called);
  });

  it("makes names and arguments acceptable without hiding what the model wrote", () => {
    const messages = messagesOf({
      text: "",
      toolCalls: [
        call("a", done, "bad name!", '{"command": "ec'),
        call("b", done, "", ""),
        call("c", done, "x", "[1]"),
      ],
    });
    const assistant = messages.find((m) => m.role === "assistant");
    expect(assistant).toMatchObject({
      toolCalls: [
        { name: "bad_name_", arguments: '{"malformed_arguments":"{\\"command\\": \\"ec"}' },
        { name: "unknown", arguments: "{}" },
        { name: "x", arguments: '{"malformed_arguments":"[1]"}' },
      ],
    });
  });

  it("sends no NUL, no lone surrogate and no empty message", () => {
    const messages = buildMessages({
      system: "s\0",
      turns: [
        {
          prompt: "\0",
          steps: [
            { text: " ", toolCalls: [] },
            { text: "a\uD800b😀", toolCalls: [call("a", { ...done, forModel: "" })] },
          ],
        },
      ],
    });
    expect(messages.map((m) => m.content)).toEqual(["s", "(empty message)", "a\uFFFDb😀", "(completed, no output)"]);
  });
});

describe("nextAction", () => {
  const progress: TurnProgress = {
    step: 1,
    startedAt: 1_000,
    now: 2_000,
    usedTokens: 10,
    asked: [{ name: "shell", arguments: "{}" }],
    past: [],
    finishReason: "tool_calls",
    limits: defaultTurnLimits,
  };
  const limits = { maxSteps: 5, maxDurationMs: 60_000, maxTokens: 1_000 };

  it.each<[string, Partial<TurnProgress>, object]>([
    ["runs tools", {}, { type: "runTools" }],
    ["runs the tools of an answer that was cut by its length", { finishReason: "length" }, { type: "runTools" }],
    ["finishes", { asked: [], finishReason: "stop" }, { type: "finish", reason: "stop" }],
    [
      "finishes at the limit too",
      { asked: [], finishReason: "stop", step: 5, limits },
      { type: "finish", reason: "stop" },
    ],
    ["tells of an incomplete answer", { asked: [], finishReason: "length" }, { type: "stop", code: "OUTPUT_LIMIT" }],
    [
      "never runs tools of a filtered answer",
      { finishReason: "content_filter" },
      { type: "stop", code: "CONTENT_FILTERED" },
    ],
    ["stops at the step limit", { step: 5, limits }, { type: "stop", code: "STEP_LIMIT" }],
    ["stops at the time limit", { now: 61_000, limits }, { type: "stop", code: "TIME_LIMIT" }],
    ["stops at the token limit", { usedTokens: 1_000, limits }, { type: "stop", code: "TOKEN_LIMIT" }],
    [
      "stops a call that fails again and again, and names it",
      { past: Array.from({ length: 5 }, () => ({ name: "shell", arguments: "{}", failed: true })) },
      { type: "stop", code: "REPEATED_FAILURE", sentence: expect.stringContaining("5 times: shell {}") },
    ],
  ])("%s", (_, change, expected) => {
    expect(nextAction({ ...progress, ...change })).toMatchObject(expected);
  });
});
