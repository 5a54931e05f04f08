import { describe, expect, test } from "vitest";
import { quietUntil } from "./quiet-hours.ts";

const at = (iso: string) => new Date(`2026-07-0${iso}Z`);
const night = { emailKinds: [], quietHours: { from: 22 * 60, to: 7 * 60 + 30 }, timeZone: "Europe/Berlin" };

describe("quietUntil", () => {
  test("holds over midnight, by the clock of the time zone", () => {
    expect(quietUntil(at("1T19:59:59"), night)).toBeNull();
    expect(quietUntil(at("1T20:00:10"), night)).toEqual(at("2T05:30:00"));
    expect(quietUntil(at("2T05:29:59"), night)).toEqual(at("2T05:30:00"));
    expect(quietUntil(at("2T05:30:00"), night)).toBeNull();
  });

  test("holds within a day", () => {
    const noon = { ...night, quietHours: { from: 12 * 60, to: 13 * 60 }, timeZone: "Asia/Kolkata" };
    expect(quietUntil(at("1T06:29:00"), noon)).toBeNull();
    expect(quietUntil(at("1T06:30:00"), noon)).toEqual(at("1T07:30:00"));
  });

  test("never holds from a minute to itself, nor without quiet hours", () => {
    expect(quietUntil(at("1T06:30:00"), { ...night, quietHours: { from: 0, to: 0 } })).toBeNull();
    expect(quietUntil(at("1T06:30:00"), { ...night, quietHours: null })).toBeNull();
  });
});
