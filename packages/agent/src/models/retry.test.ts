import { describe, expect, it } from "vitest";
import { type ModelAnswer, ModelError, type ModelErrorKind, type ModelPort, type ModelRequest } from "./port.ts";
import { type AttemptEnd, streamWithRetries } from "./retry.ts";
import { retryAfterMs } from "./retry-after.ts";

const request: ModelRequest = { model: "m", messages: [{ role: "user", content: "hello" }], tools: [] };
const answer: ModelAnswer = {
  text: "hi",
  reasoning: "",
  toolCalls: [],
  finishReason: "stop",
  usage: { inputTokens: 3, outputTokens: 1 },
};
const quick = { baseDelayMs: 1, maxDelayMs: 2 };

/** A port that does one thing after another; the last one for ever. */
function scripted(...steps: (ModelError | ModelAnswer | { text: string; after: ModelError })[]) {
  let requests = 0;
  const port: ModelPort = {
    async stream(_, options) {
      const step = steps[Math.min(requests++, steps.length - 1)];
      if (step === undefined) throw new Error("nothing to play");
      if (step instanceof ModelError) throw step;
      if ("after" in step) {
        options?.onDelta?.({ type: "text", text: step.text });
        throw step.after;
      }
      options?.onDelta?.({ type: "text", text: step.text });
      return step;
    },
  };
  return { port, requests: () => requests };
}

const failing = (kind: ModelErrorKind, options = {}) => new ModelError(kind, `${kind}.`, options);

describe("streamWithRetries", () => {
  it.each<ModelErrorKind>(["rate_limited", "server", "cut", "timeout"])("asks again after %s", async (kind) => {
    const { port, requests } = scripted(failing(kind), failing(kind), answer);
    expect(await streamWithRetries(port, request, { policy: quick })).toBe(answer);
    expect(requests()).toBe(3);
  });

  it.each<ModelErrorKind>(["auth", "bad_request", "context", "aborted"])("ends at once after %s", async (kind) => {
    const error = failing(kind);
    const { port, requests } = scripted(error);
    await expect(streamWithRetries(port, request, { policy: quick })).rejects.toBe(error);
    expect(requests()).toBe(1);
  });

  it("gives up after the last attempt with the last error", async () => {
    const error = failing("server");
    const { port, requests } = scripted(error);
    await expect(streamWithRetries(port, request, { policy: { ...quick, maxAttempts: 3 } })).rejects.toBe(error);
    expect(requests()).toBe(3);
  });

  it("gives up at once when the provider's wait is longer than the time left", async () => {
    const { port, requests } = scripted(failing("rate_limited", { retryAfterMs: 3_600_000 }));
    await expect(streamWithRetries(port, request)).rejects.toMatchObject({ kind: "rate_limited" });
    expect(requests()).toBe(1);
  });

  it("waits at least as long as the provider asks", async () => {
    const waits: (number | null)[] = [];
    const { port } = scripted(failing("rate_limited", { retryAfterMs: 30 }), answer);
    const onAttemptEnd = (end: AttemptEnd) => void waits.push(end.retryInMs);
    await streamWithRetries(port, request, { policy: quick, onAttemptEnd });
    expect(waits[0]).toBeGreaterThanOrEqual(30);
    expect(waits[1]).toBeNull();
  });

  it("resets only if text was given out", async () => {
    const events: string[] = [];
    const { port } = scripted({ text: "he", after: failing("cut", { receivedChars: 2 }) }, failing("server"), answer);
    await streamWithRetries(port, request, {
      policy: quick,
      onDelta: ({ text }) => void events.push(text),
      onReset: () => void events.push("reset"),
    });
    expect(events).toEqual(["he", "reset", "hi"]);
  });

  it("tells each attempt's usage, estimated where the provider could not tell", async () => {
    const ends: AttemptEnd[] = [];
    const silent = { ...answer, usage: null };
    const { port } = scripted(
      failing("server"),
      { text: "12345678", after: failing("cut", { receivedChars: 8 }) },
      silent,
    );
    await streamWithRetries(port, request, { policy: quick, onAttemptEnd: (end) => void ends.push(end) });
    expect(ends.map(({ attempt, usage }) => [attempt, usage?.outputTokens ?? null, usage?.estimated ?? null])).toEqual([
      [1, null, null],
      [2, 2, true],
      [3, 1, true],
    ]);
    expect(ends[1]?.usage?.inputTokens).toBeGreaterThan(0);
  });

  it("counts what was sent for a request that is aborted before its answer", async () => {
    const ends: AttemptEnd[] = [];
    const { port } = scripted(failing("aborted"));
    const promise = streamWithRetries(port, request, { onAttemptEnd: (end) => void ends.push(end) });
    await expect(promise).rejects.toMatchObject({ kind: "aborted" });
    expect(ends[0]?.usage).toMatchObject({ inputTokens: expect.any(Number), outputTokens: 0, estimated: true });
  });

  it("stops waiting when it is aborted, and starts no further attempt", async () => {
    const { port, requests } = scripted(failing("rate_limited", { retryAfterMs: 60_000 }));
    const controller = new AbortController();
    let started = 0;
    const onAttemptStart = () => void started++;
    const onAttemptEnd = () => void setImmediate(() => controller.abort());
    const promise = streamWithRetries(port, request, { signal: controller.signal, onAttemptStart, onAttemptEnd });
    await expect(promise).rejects.toMatchObject({ kind: "aborted" });
    expect([requests(), started]).toEqual([1, 1]);
  });

  it("asks nothing when it is aborted before", async () => {
    const { port, requests } = scripted(answer);
    await expect(streamWithRetries(port, request, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: "aborted",
    });
    expect(requests()).toBe(0);
  });
});

describe("retryAfterMs", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");

  it.each([
    [{}, undefined],
    [{ "retry-after": "2" }, 2_000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "1.5" }, 1_500],
    [{ "retry-after": "Thu, 01 Jan 2026 00:00:05 GMT" }, 5_000],
    [{ "retry-after": "Wed, 31 Dec 2025 23:59:00 GMT" }, 0],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after-ms": "250", "retry-after": "9" }, 250],
    [{ "retry-after-ms": "-1", "retry-after": "9" }, 9_000],
  ])("%j is %s", (headers, expected) => {
    expect(retryAfterMs(new Headers(headers as Record<string, string>), now)).toBe(expected);
  });
});
