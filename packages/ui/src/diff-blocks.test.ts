import { expect, test } from "vitest";
import { blocksOf, type Context, type DiffBlocks, noContext } from "./diff-blocks.ts";
import { parsePatch } from "./parse-patch.ts";

const hunks = parsePatch(`@@ -10,2 +10,3 @@ first
 a
+b
 c
@@ -30,2 +31 @@ second
-d
 e
`);

const known = (from: number, to: number, end: number | null = null): Context => ({
  lines: new Map(Array.from({ length: to - from }, (_, n) => [from + n, `line ${from + n}`])),
  end,
});

const shape = ({ blocks, end }: DiffBlocks) => [
  ...blocks.map(({ gap, lines }) => `${gap ? `${gap.from}-${gap.to}` : "none"}: ${lines.length}`),
  end ? `${end.from}-${end.to ?? ""}` : "end",
];

test("gaps are what the patch leaves out", () => {
  expect(shape(blocksOf(hunks, noContext, false))).toEqual(["1-10: 3", "13-31: 2", "32-"]);
  expect(shape(blocksOf(hunks, noContext, true))).toEqual(["1-10: 3", "13-31: 2", "end"]);
});

test("lines that were asked for close a gap from its sides, numbered on both", () => {
  expect(shape(blocksOf(hunks, known(13, 20), false))).toEqual(["1-10: 10", "20-31: 2", "32-"]);
  const fromBelow = blocksOf(hunks, known(25, 31), false);
  expect(shape(fromBelow)).toEqual(["1-10: 3", "13-25: 8", "32-"]);
  expect(fromBelow.blocks[1]?.lines[0]).toMatchObject({ kind: "context", oldLine: 24, newLine: 25, text: "line 25" });
  expect(shape(blocksOf(hunks, known(5, 10), false))).toEqual(["1-5: 8", "13-31: 2", "32-"]);
});

test("a closed gap joins the hunks; the end of the file closes the last one", () => {
  expect(shape(blocksOf(hunks, known(13, 31), false))).toEqual(["1-10: 23", "32-"]);
  const whole = blocksOf(hunks, known(1, 41, 40), false);
  expect(shape(whole)).toEqual(["none: 41", "end"]);
  expect(whole.blocks[0]?.lines.map(({ newLine }) => newLine).filter(Boolean)).toEqual(
    Array.from({ length: 40 }, (_, n) => n + 1),
  );
  expect(whole.blocks[0]?.lines.at(-1)).toMatchObject({ oldLine: 40, newLine: 40 });
});

test("a hunk that only deletes is where git says", () => {
  const deleting = parsePatch("@@ -5,2 +4,0 @@\n-x\n-y\n");
  expect(shape(blocksOf(deleting, noContext, false))).toEqual(["1-5: 2", "5-"]);
});
