import { describe, expect, test } from "vitest";
import { createProjectInput, hostPattern, setEnvironmentInput } from "./projects.schema.ts";

const fault = (text: string) => hostPattern.safeParse(text).error?.issues[0]?.message;

describe("a host of an allow-list", () => {
  test.each([
    ["example.com", "example.com"],
    [" Example.COM. ", "example.com"],
    ["*.example.com", "*.example.com"],
    ["*.example.com:8443", "*.example.com:8443"],
    ["example.com:00443", "example.com:443"],
    ["intranet", "intranet"],
    ["under_score.example", "under_score.example"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["*.BÜCHER.example", "*.xn--bcher-kva.example"],
    ["例え.テスト:443", "xn--r8jz45g.xn--zckzah:443"],
    [`${"a".repeat(63)}.example`, `${"a".repeat(63)}.example`],
  ])("%j is kept as %j", (text, kept) => expect(hostPattern.parse(text)).toBe(kept));

  test.each([
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "*.1.2.3.4",
    "１２７.0.0.1",
    "[::1]",
    "::1",
    "[::1]:80",
  ])("%j is an address", (text) => expect(fault(text)).toMatch(/addresses of numbers/i));

  test.each(["https://example.com", "example.com/path", "user@example.com", "example .com", "a?b", "a\\b"])(
    "%j is more than a name",
    (text) => expect(fault(text)).toMatch(/name alone/),
  );

  test.each(["*", "a.*.com", "*example.com", "**.example.com", "*.*.example.com"])("%j has its * elsewhere", (text) =>
    expect(fault(text)).toMatch(/beginning of a name/),
  );

  test.each(["example.com:", "example.com:0", "example.com:65536", "example.com:https", "*.example.com:-1"])(
    "%j has no port",
    (text) => expect(fault(text)).toMatch(/port/),
  );

  test.each(["", "  ", ".", "a..b", "-a.example", "a-.example", "*.", "%65xample.com", "xn--a", "foo.1"])(
    "%j is no name",
    (text) => expect(fault(text)).toBeDefined(),
  );

  test.each([`${"a".repeat(64)}.example`, `${"a.".repeat(127)}example`])("a name that is too long is none", (text) =>
    expect(fault(text)).toBeDefined(),
  );
});

test("each fault names its place in the list", () => {
  const { error } = setEnvironmentInput.safeParse({ setupHosts: ["a.example", "1.2.3.4"], allowedHosts: "a" });
  expect(error?.issues.map(({ path }) => path.join("."))).toEqual(["setupHosts.1", "allowedHosts"]);
});

test("a host named twice is one, and a hundred are enough", () => {
  expect(setEnvironmentInput.parse({ setupHosts: ["a.example", "A.example."] }).setupHosts).toEqual(["a.example"]);
  const many = Array.from({ length: 101 }, (_, index) => `h${index}.example`);
  expect(setEnvironmentInput.safeParse({ allowedHosts: many }).error?.issues[0]?.path).toEqual(["allowedHosts"]);
});

test("scripts come with line ends that bash knows, and must fit into one argument", () => {
  expect(setEnvironmentInput.parse({ setupScript: "a\r\nb\r\n" }).setupScript).toBe("a\nb\n");
  const project = { name: "P", source: { path: "/p" } };
  expect(createProjectInput.safeParse({ ...project, setupScript: "x".repeat(100_000) }).success).toBe(true);
  expect(createProjectInput.safeParse({ ...project, setupScript: "ü".repeat(50_001) }).success).toBe(false);
  expect(setEnvironmentInput.safeParse({ devCommand: "a\0b" }).success).toBe(false);
});

test("one agrees to what one has sent", () => {
  expect(setEnvironmentInput.safeParse({ approve: true }).error?.issues[0]?.path).toEqual(["approve"]);
  expect(setEnvironmentInput.safeParse({ approve: true, setupHosts: [] }).success).toBe(false);
  expect(setEnvironmentInput.safeParse({ approve: true, setupScript: "a" }).success).toBe(true);
});
