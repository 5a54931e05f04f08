import { describe, expect, it } from "vitest";
import { describeLooks, foldItems, lookKind, type Row } from "./fold-items.ts";
import type { CommandItem, Item, ToolCallItem } from "./types.ts";

const base = { turnId: "t1", seq: 1, status: "completed" as const, createdAt: 0 };
const tool = (id: string, name: string, more: Partial<ToolCallItem> = {}): ToolCallItem => ({
  ...base,
  id,
  type: "toolCall",
  name,
  input: {},
  ...more,
});
const command = (id: string, text: string, more: Partial<CommandItem> = {}): CommandItem => ({
  ...base,
  id,
  type: "commandExecution",
  command: text,
  ...more,
});
const shapeOf = (row: Row): unknown => {
  if (row.kind === "item") return row.item.id;
  return row.kind === "looks" ? row.items.map((item) => item.id) : { turns: row.turns, rows: row.rows.map(shapeOf) };
};
const shape = (items: Item[], replaced?: ReadonlySet<string>) => foldItems(items, replaced).map(shapeOf);

describe("foldItems", () => {
  it("folds consecutive reads, lists and searches, and nothing else", () => {
    const items = [
      tool("a", "read_file"),
      command("b", "ls -la src"),
      tool("c", "search_files"),
      command("d", "npm test"),
      tool("e", "list_files"),
    ];
    expect(shape(items)).toEqual([["a", "b", "c"], "d", "e"]);
  });

  it("does not fold across turns", () => {
    expect(shape([tool("a", "read_file"), tool("b", "read_file", { turnId: "t2" })])).toEqual(["a", "b"]);
  });

  it("puts consecutive replaced turns away into one row", () => {
    const inTurn = (turnId: string, id: string) => tool(id, "read_file", { turnId });
    const items = [
      inTurn("t1", "a"),
      inTurn("t2", "b"),
      inTurn("t2", "c"),
      inTurn("t3", "d"),
      inTurn("t4", "e"),
      inTurn("t5", "f"),
    ];
    expect(shape(items, new Set(["t2", "t3", "t5"]))).toEqual([
      "a",
      { turns: 2, rows: [["b", "c"], "d"] },
      "e",
      { turns: 1, rows: ["f"] },
    ]);
  });

  it("leaves what failed on its own row", () => {
    expect(shape([tool("a", "read_file"), tool("b", "read_file", { status: "failed" })])).toEqual(["a", "b"]);
  });
});

describe("lookKind", () => {
  it.each([
    "cat a > b",
    "ls; rm -rf .",
    "cat $(touch x)",
    "grep a b | tee c",
    "catalog",
    "cat a && make",
    "cat `x`",
    "cat a\nrm b",
  ])("does not take %j for a look", (text) => expect(lookKind(command("a", text))).toBeNull());
  it("knows plain readers", () => expect(lookKind(command("a", "  rg -n 'x' src"))).toBe("search"));
});

describe("describeLooks", () => {
  it("counts each kind", () => {
    const looks = [
      tool("a", "read_file"),
      tool("b", "read_file"),
      tool("c", "search_files"),
      tool("d", "list_files"),
      tool("e", "list_files"),
    ];
    expect(describeLooks(looks)).toBe("Read 2 files, searched, listed files twice");
  });
});
