import { expect, test } from "vitest";
import { costUsd } from "./price.ts";

const usage = { inputTokens: 1_000_000, outputTokens: 100_000 };

test("a listed model costs more the more it is used", () => {
  const once = costUsd(null, "gpt-4o-mini", usage);
  expect(once).toBeGreaterThan(0);
  expect(costUsd("https://api.openai.com/v1", "gpt-4o-mini", usage)).toBe(once);
  const twice = { inputTokens: 2_000_000, outputTokens: 200_000 };
  expect(costUsd(null, "gpt-4o-mini", twice)).toBeCloseTo(2 * once, 9);
});

test("an unknown model or an address of one's own costs nothing", () => {
  expect(costUsd(null, "no-such-model", usage)).toBe(0);
  expect(costUsd("http://127.0.0.1:8080/v1", "gpt-4o-mini", usage)).toBe(0);
});
