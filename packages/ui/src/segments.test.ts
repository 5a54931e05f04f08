import { describe, expect, it } from "vitest";
import { languageOf } from "./languages.ts";
import { segmentsOf } from "./segments.ts";

describe("segmentsOf", () => {
  it("cuts tokens at the mark", () => {
    const tokens = [{ text: "const ", color: "k" }, { text: "name", color: "v" }, { text: ";" }];
    expect(segmentsOf("const name;", tokens, [4, 8])).toEqual([
      { text: "cons", color: "k", marked: false },
      { text: "t ", color: "k", marked: true },
      { text: "na", color: "v", marked: true },
      { text: "me", color: "v", marked: false },
      { text: ";", color: undefined, marked: false },
    ]);
  });
  it("ignores tokens of another text", () => {
    expect(segmentsOf("abc", [{ text: "ab", color: "k" }])).toEqual([{ text: "abc", color: undefined, marked: false }]);
  });
  it("has nothing for an empty line", () => expect(segmentsOf("", [])).toEqual([]));
});

describe("languageOf", () => {
  it.each([
    ["src/a.test.ts", "typescript"],
    ["deploy/Dockerfile", "docker"],
    ["tsx", "tsx"],
    ["notes", null],
    ["toString", null],
    ["constructor", null],
  ])("%s is %s", (path, language) => expect(languageOf(path)).toBe(language));
});
