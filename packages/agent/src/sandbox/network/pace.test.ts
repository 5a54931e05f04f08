import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createPace } from "./pace.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("lets a burst through at once, the rest at its pace, and a burst again after a pause", async () => {
  const nextTurn = createPace({ burst: 10, perSecond: 100 });
  let through = 0;
  const call = (count: number) => {
    for (let index = 0; index < count; index += 1) void nextTurn().then(() => (through += 1));
  };
  call(30);
  await vi.advanceTimersByTimeAsync(0);
  expect(through).toBe(10);
  await vi.advanceTimersByTimeAsync(100);
  expect(through).toBe(20);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(through).toBe(30);
  call(30);
  await vi.advanceTimersByTimeAsync(0);
  expect(through).toBe(40);
});
