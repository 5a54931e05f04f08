import type { PastCall } from "./conversation.ts";

/** Readers of what Heddle's tools answer, tolerant about the wording. */

/** The exit code that a command's result names; null if it names none (refused, timed out). */
export function exitCode(call: PastCall | undefined): number | null {
  const code = /\bexit(?:ed)?(?: with)?(?: code| status)?[ :=]+(\d+)/i.exec(call?.result ?? "")?.[1];
  return code === undefined ? null : Number(code);
}

/** Paths that a command printed one a line, each beginning with `./`; given without it. */
export function printedPaths(call: PastCall | undefined): string[] {
  return (call?.result ?? "").split("\n").flatMap((line) => (line.startsWith("./") ? [line.slice(2).trim()] : []));
}

/** Whether a file tool found no file to work on. */
export function isMissing(call: PastCall | undefined): boolean {
  return /no such file|does not exist|not found|ENOENT/i.test((call?.result ?? "").slice(0, 300));
}

/** What a file tool refused with, as one line; null if it did its work. */
export function refusal(call: PastCall | undefined): string | null {
  const sentence = (call?.result ?? "").split("\n")[0] ?? "";
  const refused =
    /\b(error|failed|refused|denied|cannot|could not|no such file|does not (exist|occur)|not found|not unique)\b/i;
  return refused.test(sentence) ? sentence.slice(0, 300) : null;
}

/** A file's text from the result of `read_file`, without line numbers. */
export function fileText(call: PastCall | undefined): string {
  const lines = (call?.result ?? "").split("\n");
  const numbered = /^\s*\d+(?:\t|[:|→] ?)/;
  const share = lines.filter((line) => numbered.test(line)).length / lines.length;
  return (
    share > 0.6 ? lines.filter((line) => numbered.test(line)).map((line) => line.replace(numbered, "")) : lines
  ).join("\n");
}
