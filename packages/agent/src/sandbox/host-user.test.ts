import { describe, expect, it } from "vitest";
import { threadUserId } from "./host-user.ts";

const wholeMachine = "         0          0 4294967295\n";

describe("a thread's user", () => {
  it("is always the same one, and another for another thread", () => {
    const ids = Array.from({ length: 2_000 }, (_, index) => threadUserId(`thread-${index}`, wholeMachine));
    expect(ids).toEqual(Array.from({ length: 2_000 }, (_, index) => threadUserId(`thread-${index}`, wholeMachine)));
    expect(new Set(ids).size).toBe(2_000);
    expect(Math.min(...ids)).toBeGreaterThanOrEqual(1_000_000);
    expect(Math.max(...ids)).toBeLessThan(1_000_000 + 2 ** 30);
  });

  it("exists in a container that knows fewer users", () => {
    const container = "         0     100000      65536\n";
    for (let index = 0; index < 500; index += 1) {
      const id = threadUserId(`thread-${index}`, container);
      expect(id).toBeGreaterThanOrEqual(32_768);
      expect(id).toBeLessThan(65_536);
    }
  });
});
