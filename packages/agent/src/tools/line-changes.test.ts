import { expect, it } from "vitest";
import { countLineChanges } from "./line-changes.ts";

it.each([
  ["", "", 0, 0],
  ["", "a\nb\n", 2, 0],
  ["a\nb\n", "", 0, 2],
  ["a\nb\nc\n", "a\nx\nc\n", 1, 1],
  ["a\nb\nc\nd\n", "a\nb2\nc\nd2\n", 2, 2],
  ["a\nb\n", "b\na\n", 1, 1],
  ["same\n", "same\n", 0, 0],
])("counts %j → %j as +%i −%i", (before, after, additions, deletions) => {
  expect(countLineChanges(Buffer.from(before), Buffer.from(after))).toEqual({ additions, deletions });
});
