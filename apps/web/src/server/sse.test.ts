import { expect, test, vi } from "vitest";
import { eventStream } from "./sse.ts";

const never = new AbortController().signal;

test("a question for the headers alone opens no stream", () => {
  const write = vi.fn(async () => {});
  const response = eventStream(new Request("http://localhost/", { method: "HEAD" }), never, write);
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  expect(response.body).toBeNull();
  expect(write).not.toHaveBeenCalled();
});
