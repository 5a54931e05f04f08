import { describe, expect, it } from "vitest";
import { tailLines, terminalText } from "./terminal-text.ts";

describe("terminalText", () => {
  it("removes colours, titles and cursor movements", () => {
    expect(terminalText("\x1b]0;title\x07\x1b[1;31mred\x1b[0m \x1b[2Kend")).toBe("red end");
  });
  it("keeps the last form of a rewritten line", () => {
    expect(terminalText("10%\r50%\r100%\ndone\r\n")).toBe("100%\ndone\n");
    expect(terminalText("half\r")).toBe("half");
  });
});

describe("tailLines", () => {
  it("counts what it hides", () => expect(tailLines("a\nb\nc\n", 2)).toEqual({ text: "b\nc", hidden: 1 }));
  it("hides nothing of short text", () => expect(tailLines("a", 2)).toEqual({ text: "a", hidden: 0 }));
});
