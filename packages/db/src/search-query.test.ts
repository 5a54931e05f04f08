import { expect, test } from "vitest";
import { searchQuery } from "./search-query.ts";

const all = (input: string) => searchQuery(input)?.all;

test("words are asked for by their beginnings, phrases as they are, a minus takes away", () => {
  expect(all("fix tests")).toBe("('fix':*) & ('tests':*)");
  expect(searchQuery('"dark mode" -flaky -"slow test"')).toEqual({
    all: "",
    exact: "('dark' <-> 'mode')",
    none: "!('flaky':*) & !('slow' <-> 'test')",
  });
  expect(all("src/app.ts")).toBe("('src':* & 'app':* & 'ts':*)");
  expect(all("Größe Ελλάδα 日本")).toBe("('Größe':*) & ('Ελλάδα':*) & ('日本':*)");
});

test("what is no word asks for nothing", () => {
  for (const input of ["", "  ", "!!!", "&|<->", "''", '""', "-", "\\", "-only -negative"]) {
    expect(searchQuery(input)).toBeNull();
  }
});

test("operators are words or nothing", () => {
  expect(all("a' | b <-> c):* \\ !d")).toBe("('a':*) & ('b':*) & ('c':*) & ('d':*)");
  expect(all('"unclosed phrase')).toBe("('unclosed':*) & ('phrase':*)");
  expect(all("well-known")).toBe("('well':* & 'known':*)");
});

test("a flood of words is cut", () => {
  expect(all("word ".repeat(5_000))?.split(" & ")).toHaveLength(16);
});
