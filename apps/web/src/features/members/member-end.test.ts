import { expect, test } from "vitest";
import { endSentence } from "./member-end.ts";

const none = { threads: 0, turns: 0, tokens: 0, botTokens: 0 };

test("tells what was done, and what goes on", () => {
  expect(endSentence(none)).toBeUndefined();
  expect(endSentence({ ...none, turns: 1, threads: 2 })).toBe("1 turn stopped, 2 private threads handed over.");
  expect(endSentence({ ...none, tokens: 1, botTokens: 1 })).toBe(
    "1 token revoked. 1 token of a bot made by this member goes on: see API tokens.",
  );
  expect(endSentence({ ...none, botTokens: 3 })).toBe("3 tokens of bots made by this member go on: see API tokens.");
});
