import { describe, expect, it } from "vitest";
import { createOutputWindow, shorten } from "./output-window.ts";

describe("createOutputWindow", () => {
  it("gives back what is short, in one piece, without NUL", () => {
    const window = createOutputWindow(1000);
    window.push(Buffer.from("a\0b"));
    window.push(Buffer.from("é").subarray(0, 1));
    window.push(Buffer.from("é").subarray(1));
    expect(window.text(100)).toBe("abé");
    expect(window.sizeBytes()).toBe(5);
  });

  it("keeps the beginning and the end of any amount, and counts the rest", () => {
    const window = createOutputWindow(1000);
    window.push(Buffer.from("start\n"));
    for (let n = 0; n < 10_000; n += 1) window.push(Buffer.from(`line ${n}\n`));
    window.push(Buffer.from("end\n"));
    const text = window.text(500);
    expect(text.startsWith("start\nline 0\n")).toBe(true);
    expect(text.endsWith("line 9999\nend\n")).toBe(true);
    expect(text.length).toBeLessThanOrEqual(500);
    const leftOut = Number(/\[… (\d+) bytes left out …\]/.exec(text)?.[1]);
    expect(leftOut + Buffer.byteLength(text.replace(/\n\[….*…\]\n/, ""))).toBe(window.sizeBytes());
  });

  it.each([300, 301, 302, 303, 304])("cuts no character in two (%i)", (maxChars) => {
    const text = shorten("é€😀".repeat(1000), maxChars);
    expect(text).not.toContain("\u{fffd}");
    expect(text.length).toBeLessThanOrEqual(maxChars);
  });

  it("stays within the limit for bytes that are no text", () => {
    const window = createOutputWindow(64 * 1024);
    window.push(Buffer.alloc(1_000_000, 0xff));
    expect(window.text(16 * 1024).length).toBeLessThanOrEqual(16 * 1024);
  });

  it("joins both edges where they meet", () => {
    const window = createOutputWindow(10);
    window.push(Buffer.from("0123456789abcdefghij"));
    expect(window.text(100)).toBe("0123456789abcdefghij");
  });
});
