import { expect, test } from "vitest";
import { rankMatches } from "./rank-matches.ts";

const ranked = (query: string, texts: string[], limit = 10) =>
  rankMatches(query, texts, (text) => text, limit).map(({ entry }) => entry);

test("without a query the first entries stay in their order", () => {
  expect(ranked(" ", ["b", "a", "c"], 2)).toEqual(["b", "a"]);
});

test("a match at the start is before one at a word, and that before one inside", () => {
  expect(ranked("read", ["thread", "now read", "read it"])).toEqual(["read it", "now read", "thread"]);
});

test("every word must be there, in any order and case", () => {
  expect(ranked("Thread NEW", ["New thread", "New project"])).toEqual(["New thread"]);
});

test("characters in order find a path, after what has the words", () => {
  expect(ranked("srvrt", ["src/server/router.ts", "README.md"])).toEqual(["src/server/router.ts"]);
  expect(ranked("route", ["r/o/u/t/e", "src/router.ts"])).toEqual(["src/router.ts", "r/o/u/t/e"]);
  expect(ranked("xy", ["x/y"])).toEqual([]);
});

test("of equal matches the shorter text is first", () => {
  expect(ranked("a.ts", ["long/path/a.ts", "b/a.ts"])).toEqual(["b/a.ts", "long/path/a.ts"]);
});
