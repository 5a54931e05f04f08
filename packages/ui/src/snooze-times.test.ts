import { describe, expect, it } from "vitest";
import { snoozeTimes } from "./snooze-times.ts";

const local = (day: number, hour: number, minute = 0) => new Date(2026, 5, day, hour, minute);
const told = (now: Date) => snoozeTimes(now).map(({ label, until }) => [label, until] as const);

describe("snoozeTimes", () => {
  it("offers the evening and the next Monday from a Wednesday", () =>
    expect(told(local(3, 10, 20))).toEqual([
      ["In one hour", local(3, 11, 20)],
      ["This evening", local(3, 18)],
      ["Tomorrow morning", local(4, 9)],
      ["Monday morning", local(8, 9)],
      ["In a week", local(10, 9)],
    ]));

  it("offers no evening that is about to begin, and no Monday that is tomorrow", () =>
    expect(told(local(7, 17)).map(([label]) => label)).toEqual(["In one hour", "Tomorrow morning", "In a week"]));

  it("means the Monday after on a Monday", () =>
    expect(told(local(8, 12))).toContainEqual(["Monday morning", local(15, 9)]));
});
