import type { ThreadView } from "@heddle/ui/types";
import { expect, test } from "vitest";
import { type ListState, listEntries, movePin, shownAtFirst } from "./list-entries.ts";

const projects = [{ id: "p" }, { id: "q" }];
const noFilter = { status: null, mine: false, projectId: null };

function thread(id: string, over: Partial<ThreadView> = {}): ThreadView {
  const at = "2026-01-01T00:00:00Z";
  const rest = { branch: id, additions: 0, deletions: 0, updatedAt: at, startedBy: { id: "ada", name: "Ada" } };
  return { id, projectId: "p", title: id, status: "idle", ...rest, ...over };
}

function entries(over: Partial<ListState<{ id: string }>>): string[] {
  const state = { projects, rows: [], pins: [], filter: noFilter, closed: [], unfolded: [] };
  const list = listEntries({ ...state, userId: "ada", threadId: undefined, ...over });
  const lines = list.entries.map((entry) => {
    if ("row" in entry) return `${entry.kind} ${entry.row.id}`;
    if (entry.kind === "project") return `${entry.project.id}${entry.open ? "" : " closed"} ${entry.count}`;
    return entry.kind === "more" ? `more ${entry.count}` : entry.kind;
  });
  return [...lines, ...list.archived.map(({ id }) => `archived ${id}`)];
}

test("pinned threads come first in their order and once; those that are gone are left out", () => {
  const rows = [thread("a"), thread("b"), thread("c", { projectId: "q" })];
  const pins = ["c", "gone", "a"];
  const expected = ["heading", "pinned c", "pinned a", "p 1", "thread b", "q 0", "empty"];
  expect(entries({ rows, pins })).toEqual(expected);
});

test("a long project is folded, but never the open thread away", () => {
  const rows = Array.from({ length: 20 }, (_, n) => thread(`t${n}`));
  const folded = entries({ rows, threadId: "t17", closed: ["q"] });
  expect(folded).toHaveLength(1 + shownAtFirst + 1 + 1 + 1);
  expect(folded.slice(-3)).toEqual(["thread t17", "more 7", "q closed 0"]);
  expect(entries({ rows, unfolded: ["p"], closed: ["q"] })).toHaveLength(22);
});

test("a filter shows what passes, opens closed projects and hides the rest", () => {
  const rows = [
    thread("a", { status: "failed" }),
    thread("b", { startedBy: { id: "ben", name: "Ben" } }),
    thread("c", { projectId: "q", status: "failed" }),
    thread("old", { status: "archived" }),
  ];
  const filtered = (filter: object) => entries({ rows, closed: ["p"], filter: { ...noFilter, ...filter } });
  expect(filtered({ status: "failed" })).toEqual(["p 1", "thread a", "q 1", "thread c"]);
  expect(filtered({ mine: true })).toEqual(["p 1", "thread a", "q 1", "thread c", "archived old"]);
  expect(filtered({ projectId: "q" })).toEqual(["q 1", "thread c"]);
  expect(filtered({ status: "running" })).toEqual(["nothing"]);
});

test("a pin is put at another place", () => {
  expect(movePin(["a", "b", "c"], "a", 1)).toEqual(["b", "a", "c"]);
  expect(movePin(["a", "b", "c"], "c", 0)).toEqual(["c", "a", "b"]);
  expect(movePin(["a", "b"], "a", 9)).toEqual(["b", "a"]);
});
