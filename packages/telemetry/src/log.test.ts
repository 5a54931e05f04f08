import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { createLog } from "./log.ts";

function linesOf(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  write(createLog({ name: "test", level: "info" }, sink));
  return lines;
}

it("keeps of an error its kind, code, words and causes, and nothing that it carries", () => {
  const row = "Failing row contains (thread-1, please rotate hunter2)";
  const driver = Object.assign(new Error("check failed"), { code: "23514", detail: row });
  const error = Object.assign(new TypeError("Invalid URL", { cause: driver }), {
    code: "ERR_INVALID_URL",
    input: "postgres://heddle:hunter2@db:5432/heddle",
    meta: { driverAdapterError: { cause: { detail: row } } },
    request: { headers: { authorization: "Bearer hunter2" } },
  });
  const [line] = linesOf((log) => log.error({ err: error }, "failed"));
  expect(line).toMatchObject({
    err: {
      type: "TypeError",
      code: "ERR_INVALID_URL",
      message: "Invalid URL",
      stack: expect.stringContaining("log.test.ts"),
      cause: { type: "Error", code: "23514", message: "check failed" },
    },
  });
  expect(JSON.stringify(line)).not.toMatch(/hunter2|thread-1/);
});

it.each([
  ["connect to postgres://heddle:hunter2@db:5432/heddle?sslmode=x failed", "postgres://[hidden]@db:5432/heddle"],
  ["https://:hunter2@git.test/a.git", "https://[hidden]@git.test/a.git"],
  ["the header was Authorization: Bearer hunter2.abc-DEF", "Bearer [hidden]"],
  ["Incorrect API key provided: sk-proj-hunter2hunter2", "provided: [hidden]"],
  ["token hdl_hunter2hunter2 is revoked", "token [hidden] is revoked"],
])("hides what looks like a secret in an error's words: %s", (message, kept) => {
  const error = new Error("outer", { cause: new Error(message) });
  const [line] = linesOf((log) => log.warn({ err: error }, "failed"));
  expect(JSON.stringify(line)).not.toContain("hunter2");
  expect(line).toMatchObject({ err: { cause: { message: expect.stringContaining(kept) } } });
});

it("takes what is no error, and causes without end", () => {
  const looped = new Error("around");
  looped.cause = looped;
  const lines = linesOf((log) => {
    log.error({ err: "Bearer hunter2" }, "text");
    log.error({ err: undefined }, "nothing");
    log.error({ err: looped }, "looped");
  });
  expect(lines[0]?.err).toEqual({ message: "Bearer [hidden]" });
  expect(lines).toHaveLength(3);
  expect(JSON.stringify(lines).length).toBeLessThan(100_000);
});
