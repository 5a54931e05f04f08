import type { PastCall } from "./conversation.ts";

/** Readers of what Heddle's tools answer to a model. */

const lastLine = /\n?\[([^\n]*)\]\s*$/;

/** A command's exit code; null if it has none (refused, killed, timed out). */
export function exitCode(call: PastCall | undefined): number | null {
  const code = /^exit code (\d+),/.exec(lastLine.exec(call?.result ?? "")?.[1] ?? "")?.[1];
  return code === undefined ? null : Number(code);
}

/** What a command printed, or why it was not run. */
export function printed(call: PastCall | undefined): string {
  const text = call?.result ?? "";
  return (exitCode(call) === null ? text : text.replace(lastLine, "")).trimEnd();
}

/** Paths that a command printed one a line, each beginning with `./`; given without it. */
export function printedPaths(call: PastCall | undefined): string[] {
  return printed(call)
    .split("\n")
    .flatMap((line) => (line.startsWith("./") ? [line.slice(2)] : []));
}

/** Why `write_file` or `edit_file` did not do its work; null if it did. */
export function refusal(call: PastCall | undefined): string | null {
  const text = call?.result ?? "";
  return /^(Made|Replaced|Edited) /.test(text) ? null : text.slice(0, 300);
}

/** A file's text from the numbered lines of `read_file`; empty if it was refused. */
export function fileText(call: PastCall | undefined): string {
  return (call?.result ?? "")
    .split("\n")
    .flatMap((line) => /^\d+\t(.*)$/.exec(line)?.[1] ?? [])
    .join("\n");
}
