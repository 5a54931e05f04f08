// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is removed
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g;

/** What a terminal would leave on the screen: no escape sequences, rewritten lines in their last form. */
export function terminalText(output: string): string {
  return output
    .replace(ESCAPES, "")
    .replace(/\r+\n/g, "\n")
    .split("\n")
    .map((line) => line.slice(line.lastIndexOf("\r", line.length - 2) + 1).replace(/\r$/, ""))
    .join("\n");
}

/** The last `count` lines; the final line break does not count as a line. */
export function tailLines(text: string, count: number): { text: string; hidden: number } {
  const lines = text.replace(/\n$/, "").split("\n");
  const hidden = Math.max(0, lines.length - count);
  return { text: lines.slice(hidden).join("\n"), hidden };
}
