import { describe, expect, it } from "vitest";
import { parsePatch } from "./parse-patch.ts";

const patch = `diff --git a/src/slug.js b/src/slug.js
index 1111111..2222222 100644
--- a/src/slug.js
+++ b/src/slug.js
@@ -1,4 +1,4 @@ export function slug(text) {
 export function slug(text) {
-  return text.toLowerCase().replace(" ", "-");
+  return text.toLowerCase().replaceAll(" ", "-");
 }
--- not a header
@@ -20 +20,2 @@
+++ neither
 last
\\ No newline at end of file
`;

describe("parsePatch", () => {
  const hunks = parsePatch(patch);

  it("numbers the lines of both sides", () => {
    expect(hunks[0]?.lines.map((line) => [line.kind, line.oldLine, line.newLine])).toEqual([
      ["context", 1, 1],
      ["del", 2, null],
      ["add", null, 2],
      ["context", 3, 3],
      ["del", 4, null],
    ]);
  });

  it("keeps header and section apart", () => {
    expect([hunks[0]?.header, hunks[0]?.section]).toEqual(["@@ -1,4 +1,4 @@", "export function slug(text) {"]);
    expect([hunks[1]?.header, hunks[1]?.section]).toEqual(["@@ -20 +20,2 @@", ""]);
  });

  it("takes lines that look like file headers for content inside a hunk", () => {
    expect(hunks[0]?.lines.at(-1)?.text).toBe("-- not a header");
    expect(hunks[1]?.lines[0]).toMatchObject({ kind: "add", text: "++ neither", newLine: 20 });
  });

  it("notes a missing final line break", () => expect(hunks[1]?.lines.at(-1)?.noNewline).toBe(true));

  it("marks the word that changed", () => {
    const marked = hunks[0]?.lines.flatMap((line) => (line.mark ? [line.text.slice(...line.mark)] : []));
    expect(marked).toEqual(["replace", "replaceAll"]);
  });

  it("marks nothing when lines have little in common or runs differ in length", () => {
    const lines = parsePatch("@@ -1,2 +1 @@\n-alpha\n-beta\n+alpha\n@@ -9 +9 @@\n-one\n+wholly other").flatMap(
      (h) => h.lines,
    );
    expect(lines.every((line) => line.mark === undefined)).toBe(true);
  });

  it("reads nothing from an empty patch and drops carriage returns", () => {
    expect(parsePatch("")).toEqual([]);
    expect(parsePatch("@@ -1 +1 @@\n-a\r\n+b\r\n")[0]?.lines.map((line) => line.text)).toEqual(["a", "b"]);
  });
});
