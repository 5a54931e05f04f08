import { Writable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withIds } from "./ids.ts";
import { createLog } from "./log.ts";
import { type Collector, startCollector } from "./testing/collector.ts";
import { currentTraceparent, inSpan, recordSpan, startTracing } from "./tracing.ts";

let collector: Collector;
let stop: () => Promise<void> = async () => {};

beforeAll(async () => {
  // Off until it is asked for.
  expect(await inSpan("nothing", {}, async () => currentTraceparent())).toBeNull();
  collector = await startCollector();
  stop = await startTracing({ service: "test", version: "0", endpoint: collector.endpoint });
});
afterAll(async () => {
  await stop();
  collector.close();
});

it("goes on in another process by the traceparent alone, and tells failures by code only", async () => {
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const log = createLog({ name: "test", level: "info" }, sink);

  const parent = await inSpan("call", {}, async () => currentTraceparent());
  const failing = inSpan("step", { parent, attributes: { turnId: "t1" } }, () =>
    withIds({ turnId: "t1" }, async () => {
      log.info({ apiKey: "sk-secret", deep: { password: "hunter2" } }, "working");
      throw Object.assign(new Error("the key sk-secret was refused"), { code: "MODEL_REFUSED" });
    }),
  );
  await expect(failing).rejects.toThrow();
  recordSpan("turn", { parent }, new Date(0), new Date(1));
  await inSpan("alone", { parent: "nonsense" }, async () => undefined);
  await stop();

  const named = (name: string) => collector.spans.find((span) => span.name === name);
  const call = named("call");
  const step = named("step");
  expect(step).toMatchObject({ traceId: call?.traceId, parentSpanId: call?.spanId });
  expect(step?.status).toEqual({ code: 2, message: "MODEL_REFUSED" });
  expect(named("turn")).toMatchObject({ traceId: call?.traceId, parentSpanId: call?.spanId });
  expect(named("alone")?.traceId).not.toBe(call?.traceId);
  expect(JSON.stringify(collector.spans)).not.toContain("sk-secret");

  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ name: "test", level: "info", turnId: "t1", traceId: call?.traceId, msg: "working" });
  expect(JSON.stringify(lines)).not.toMatch(/sk-secret|hunter2/);
});
