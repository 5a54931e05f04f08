export type EditorChoice = {
  /** A key of `editors`, `custom`, or none. */
  editor: string;
  /** The folder below which the reader has the projects checked out, each in one of its name. */
  folder: string;
  /** Of `custom`: an address with `{path}` in it. */
  pattern: string;
};

export const noEditor: EditorChoice = { editor: "none", folder: "", pattern: "" };

/** Editors that open a file by an address. */
export const editors: Record<string, { label: string; pattern: string }> = {
  vscode: { label: "VS Code", pattern: "vscode://file{path}" },
  cursor: { label: "Cursor", pattern: "cursor://file{path}" },
  zed: { label: "Zed", pattern: "zed://file{path}" },
  jetbrains: { label: "JetBrains (IDEA)", pattern: "idea://open?file={path}" },
};

const scheme = /^[a-z][a-z0-9+.-]*:\/\//i;
const unsafe = /^(javascript|data|vbscript|blob):/i;

/** Where a file of a project opens; `undefined` while nothing, or nothing usable, is chosen. */
export function editorLink(choice: EditorChoice, project: string, path: string): string | undefined {
  const pattern = choice.editor === "custom" ? choice.pattern.trim() : editors[choice.editor]?.pattern;
  const folder = choice.folder.trim().replaceAll("\\", "/").replace(/\/+$/, "");
  if (!pattern || folder === "" || !isPattern(pattern)) return undefined;
  const whole = `${folder.startsWith("/") ? "" : "/"}${folder}/${project}/${path}`;
  return pattern.replace("{path}", () => whole.split("/").map(encodeURIComponent).join("/").replaceAll("%3A", ":"));
}

/** Whether a text can be an editor's address: with a scheme that opens a program, and a place for the path. */
export function isPattern(pattern: string): boolean {
  return scheme.test(pattern.trim()) && !unsafe.test(pattern.trim()) && pattern.includes("{path}");
}
