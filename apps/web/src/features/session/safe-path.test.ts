import { describe, expect, it } from "vitest";
import { safePath } from "./safe-path.ts";

describe("safePath", () => {
  it("keeps paths of this origin with their query", () => {
    expect(safePath("/threads/1?tab=changes#x")).toBe("/threads/1?tab=changes#x");
    expect(safePath("/")).toBe("/");
  });

  it.each([
    null,
    undefined,
    "",
    "//evil.example/",
    "/\\evil.example",
    "/.//evil.example",
    "/x/..//evil.example",
    "/\t/evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "threads/1",
    "/sign-in?from=/",
  ])("sends %j to the start page", (given) => {
    expect(safePath(given)).toBe("/");
  });
});
