import { describe, expect, it } from "vitest";
import { findRepeat, type PastCall } from "./repeats.ts";

const failing = (command: string): PastCall => ({ name: "shell", arguments: command, failed: true });
const working = (command: string): PastCall => ({ ...failing(command), failed: false });
const times = <T>(count: number, ...values: T[]): T[] => Array.from({ length: count }, () => values).flat();
const [a, b, c, d] = ["a", "b", "c", "d"].map(failing) as [PastCall, PastCall, PastCall, PastCall];

describe("findRepeat", () => {
  it.each<[string, PastCall[], PastCall, number | null]>([
    ["the same call five times", times(5, a), a, 5],
    ["… not after four", times(4, a), a, null],
    ["… whatever came before", [working("x"), b, ...times(5, a)], a, 5],
    ["… not when the model asks for something else", times(5, a), b, null],
    ["… not when it worked once in between", [...times(3, a), working("a"), ...times(3, a)], a, null],
    ["calls that work may be repeated", times(9, working("a")), working("a"), null],
    ["a pair three times", times(3, a, b), a, 3],
    ["… begun in its middle", [...times(3, a, b), a], b, 3],
    ["… not after two and a half", [...times(2, a, b), a], b, null],
    ["three in turn three times", times(3, a, b, c), a, 3],
    ["four in turn are not looked for", times(5, a, b, c, d), a, null],
  ])("%s", (_, past, next, expected) => {
    expect(findRepeat(past, [next])?.times ?? null).toBe(expected);
  });

  it("tells calls of the same tool apart by their arguments", () => {
    const numbered = [1, 2, 3, 4, 5].map((number) => failing(`sleep ${number}`));
    expect(findRepeat(numbered, [failing("sleep 6")])).toBeNull();
  });

  it("looks at nothing when nothing is asked for", () => {
    expect(findRepeat(times(5, a), [])).toBeNull();
  });
});
