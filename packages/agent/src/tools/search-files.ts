import { z } from "zod";
import { cleanText } from "../clean-text.ts";
import { folderPrelude, fromRoot, hasControl, pathSchema, runFileScript, ToolRefusal } from "./inside-file.ts";
import { defineTool, type ToolItem } from "./tool.ts";

const maxMatches = 200;
const maxLineChars = 300;
const maxSearchBytes = 1024 * 1024;

const text = z
  .string()
  .min(1)
  .max(4096)
  .refine((value) => !hasControl(value), "must be one line without NUL bytes");

const schema = z.strictObject({
  pattern: text.describe("An extended regular expression, as for grep -E."),
  path: pathSchema.optional().describe("The folder to search, relative to the root of the repository."),
  glob: text.optional().describe('Only files whose path below that folder matches, such as "**/*.ts".'),
  ignore_case: z.boolean().optional(),
  literal: z.boolean().optional().describe("Take the pattern as plain text."),
});

type Input = z.infer<typeof schema>;

// --no-index searches what is on disk, in nested repositories too. grep serves where the agent broke its .git.
const script = `${folderPrelude}
set -o pipefail
pattern=$2 glob=$3 limit=$4; shift 4
search() {
  if git rev-parse --git-dir >/dev/null 2>&1; then
    git grep --no-index --exclude-standard -I -n --no-color "$@" -e "$pattern" -- ":(glob)$glob"
  else
    grep -rnI --exclude-dir=.git --include="$(basename -- "$glob")" "$@" -e "$pattern" .
  fi
}
search "$@" | head -c "$limit"
`;
const exits = { found: 0, nothing: 1, cutShort: 141 } as const;

export const searchFiles = defineTool({
  name: "search_files",
  description: `Searches the text files of the repository, without those that .gitignore excludes, for lines that match.
Answers with path:line:text, at most ${maxMatches} lines, long lines cut.`,
  schema,
  describe: (input) => toolCall(input, ""),
  execute: async (input, context) => {
    const { pattern, path = ".", glob = "**", ignore_case, literal } = input;
    const flags = [literal ? "-F" : "-E", ...(ignore_case ? ["-i"] : [])];
    const args = [path, pattern, glob, String(maxSearchBytes), ...flags];
    const { exitCode, stdout, stderr } = await runFileScript(context, script, args);
    if (!Object.values<number | null>(exits).includes(exitCode))
      throw new ToolRefusal(`The search failed: ${stderr.trim() || `exit code ${exitCode}`}`);
    const lines = cleanText(stdout.toString()).split("\n").filter(Boolean);
    const result = shownLines(lines, fromRoot(path), context.limits.modelChars, exitCode === exits.cutShort);
    return { ok: true, forModel: result, item: toolCall(input, result) };
  },
});

function shownLines(lines: readonly string[], prefix: string, maxChars: number, more: boolean): string {
  if (lines.length === 0) return "(no matches)";
  const shown: string[] = [];
  let chars = 0;
  for (const line of lines.slice(0, maxMatches)) {
    const whole = `${prefix}${line.replace(/^\.\//, "")}`;
    const cut = whole.length > maxLineChars ? `${cleanText(whole.slice(0, maxLineChars))}…` : whole;
    chars += cut.length + 1;
    if (chars > maxChars) break;
    shown.push(cut);
  }
  if (shown.length === lines.length && !more) return shown.join("\n");
  const total = `${lines.length}${more ? " or more" : ""}`;
  return `${shown.join("\n")}\n[${shown.length} of ${total} matching lines; narrow the search to see the rest]`;
}

function toolCall(input: Input, result: string): ToolItem {
  return { type: "toolCall", name: "search_files", input, result };
}
