import { expect, test } from "vitest";
import { editorLink, isPattern, noEditor } from "./editor-link.ts";

const link = (over: object) =>
  editorLink({ ...noEditor, folder: "/home/ada/code/", ...over }, "web app", "src/a b#.ts");

test("a file opens below the folder of the project", () => {
  expect(link({ editor: "vscode" })).toBe("vscode://file/home/ada/code/web%20app/src/a%20b%23.ts");
  expect(link({ editor: "zed", folder: "C:\\code" })).toBe("zed://file/C:/code/web%20app/src/a%20b%23.ts");
  expect(link({ editor: "custom", pattern: "emacs://open?f={path}" })).toContain("emacs://open?f=/home/ada");
});

test("nothing opens while the choice is not usable", () => {
  expect(link({})).toBeUndefined();
  expect(link({ editor: "vscode", folder: " " })).toBeUndefined();
  expect(link({ editor: "unknown" })).toBeUndefined();
  expect(link({ editor: "custom", pattern: "no scheme {path}" })).toBeUndefined();
});

test("an address that would run something in the page is none", () => {
  for (const pattern of [
    "javascript://{path}",
    " JavaScript://%0aalert(1)//{path}",
    "data://{path}",
    "vscode://file",
  ]) {
    expect(isPattern(pattern), pattern).toBe(false);
  }
  expect(isPattern("my-editor+x://{path}")).toBe(true);
});
