/** Quotes a text for the shell. */
export function quote(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A markdown code fence that the text cannot end. */
export function fence(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${language}\n${text.replace(/\n$/, "")}\n${ticks}`;
}

/** The end of a long text, cut at a line. */
export function tail(text: string, maxLines: number): string {
  return text.trimEnd().split("\n").slice(-maxLines).join("\n");
}

/** Lists the repository's files one a line as `./path`, those near the root first, at most 1,000. */
export const listFilesCommand =
  "find . \\( -name .git -o -name node_modules \\) -prune -o -type f -printf '%d %p\\n' | sort -k1,1n -k2 | cut -d ' ' -f 2- | head -n 1000";
