import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatDuration, formatElapsed, formatRelative, plural } from "./format.ts";

describe("formatDuration", () => {
  it.each([
    [0, "0 s"],
    [12, "12 ms"],
    [340, "0.3 s"],
    [9_990, "9.9 s"],
    [59_999, "59 s"],
    [185_000, "3 min 05 s"],
    [7_620_000, "2 h 07 min"],
    [273_600_000, "3 d 4 h"],
    [-5, "0 s"],
  ])("%d ms is %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe("formatElapsed", () => {
  it.each([
    [7_400, "0:07"],
    [760_000, "12:40"],
    [3_729_000, "1:02:09"],
    [-1, "0:00"],
  ])("%d ms is %s", (ms, text) => expect(formatElapsed(ms)).toBe(text));
});

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [4_210, "4.2 kB"],
    [9_960, "10 kB"],
    [999_600, "1.0 MB"],
    [104_857_600, "105 MB"],
  ])("%d is %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe("formatCount and plural", () => {
  it("separates thousands and shortens what is long", () => {
    expect([12_345, 128_400, 999_700, 3_410_000].map(formatCount)).toEqual(["12,345", "128k", "1.0M", "3.4M"]);
  });
  it("agrees in number", () => {
    expect([plural(0, "file"), plural(1, "file"), plural(2, "entry", "entries")]).toEqual([
      "0 files",
      "1 file",
      "2 entries",
    ]);
  });
});

describe("formatRelative", () => {
  const now = Date.UTC(2026, 10, 21, 12);
  it.each([
    [10_000, "just now"],
    [50_000, "1 min ago"],
    [4 * 60_000, "4 min ago"],
    [3 * 3_600_000, "3 h ago"],
    [30 * 3_600_000, "yesterday"],
    [5 * 86_400_000, "5 d ago"],
    [40 * 86_400_000, "12 Oct 2026"],
    [-5_000, "just now"],
  ])("%d ms before is %s", (ago, text) => expect(formatRelative(now - ago, now)).toBe(text));
});
