import { expect, test } from "vitest";
import { inTreeOrder, treeLines } from "./file-tree.ts";
import type { FileDiff } from "./types.ts";

const rest = { status: "modified" as const, additions: 1, deletions: 0, binary: false, patch: "", hash: "" };
const files = ["README.md", "src/a.ts", "src/deep/er/b.ts", "src/deep/er/c.ts", "apps/web/x.ts"].map(
  (path): FileDiff => ({ path, ...rest }),
);
const shape = (closed: string[] = []) =>
  treeLines(files, new Set(closed)).map(
    ({ kind, name, depth }) => `${"  ".repeat(depth)}${name}${kind === "folder" ? "/" : ""}`,
  );

test("folders come first, and one with nothing but a folder is one line with it", () => {
  expect(shape()).toEqual(["apps/web/", "  x.ts", "src/", "  deep/er/", "    b.ts", "    c.ts", "  a.ts", "README.md"]);
});

test("a closed folder hides what is in it", () => {
  expect(shape(["src/deep/er", "apps/web"])).toEqual(["apps/web/", "src/", "  deep/er/", "  a.ts", "README.md"]);
});

test("diffs stand in the order of the tree", () => {
  expect(inTreeOrder(files).map(({ path }) => path)).toEqual([
    "apps/web/x.ts",
    "src/deep/er/b.ts",
    "src/deep/er/c.ts",
    "src/a.ts",
    "README.md",
  ]);
});
