import { expect, test } from "vitest";
import { blocksOf, noContext } from "./diff-blocks.ts";
import { diffRows, type FileState } from "./diff-rows.ts";
import { parsePatch } from "./parse-patch.ts";
import type { FileDiff } from "./types.ts";

const patch = "@@ -3,4 +3,4 @@ fn\n same\n-old 1\n-old 2\n+new 1\n end\n+more\n";
const file: FileDiff = {
  path: "a.ts",
  status: "modified",
  additions: 2,
  deletions: 2,
  binary: false,
  patch,
  hash: "h",
};
const shown: FileState = { open: true, folded: false, blocks: blocksOf(parsePatch(patch), noContext, false) };

const kinds = (files: FileDiff[], states: FileState[], split = false) =>
  diffRows(files, states, split).map((row) => {
    if (row.kind === "line") return row.line.text;
    if (row.kind === "pair") return `${row.left?.text ?? "-"} | ${row.right?.text ?? "-"}`;
    return row.kind === "note" ? row.note : row.kind;
  });

test("unified: a line each, in the order of the patch", () => {
  const lines = ["same", "old 1", "old 2", "new 1", "end", "more"];
  expect(kinds([file], [shown])).toEqual(["file", "hunk", ...lines, "hunk", "end"]);
});

test("split: what was deleted beside what took its place", () => {
  const lines = ["same | same", "old 1 | new 1", "old 2 | -", "end | end", "- | more"];
  expect(kinds([file], [shown], true)).toEqual(["file", "hunk", ...lines, "hunk", "end"]);
});

test("a closed file is its header, and what has no lines says why", () => {
  const closed: FileState = { open: false, folded: false, blocks: null };
  expect(kinds([file], [closed])).toEqual(["file", "end"]);
  const open: FileState = { ...closed, open: true };
  expect(kinds([{ ...file, binary: true }], [open])).toEqual(["file", "binary", "end"]);
  expect(kinds([{ ...file, patch: "", status: "renamed" }], [open])).toEqual(["file", "renamed", "end"]);
  expect(kinds([file], [{ ...open, folded: true }])).toEqual(["file", "large", "end"]);
});

test("every row has a key of its own, and a line the place of its colours", () => {
  const rows = diffRows([file, { ...file, path: "b.ts" }], [shown, shown], false);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  const more = rows.find((row) => row.kind === "line" && row.line.text === "more");
  expect(more).toMatchObject({ line: { block: 0, before: 4, after: 3 } });
});
