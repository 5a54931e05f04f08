import { z } from "zod";
import { cleanText } from "../clean-text.ts";
import { folderPrelude, fromRoot, pathSchema, runFileScript, ToolRefusal } from "./inside-file.ts";
import { defineTool, type ToolItem } from "./tool.ts";

const maxFiles = 1000;
const maxListBytes = 4 * 1024 * 1024;

const schema = z.strictObject({
  path: pathSchema.optional().describe("The folder, relative to the root of the repository; the root when absent."),
});

type Input = z.infer<typeof schema>;

const script = String.raw`${folderPrelude}
list() {
  git ls-files -z --cached --others --exclude-standard --deduplicate 2>/dev/null ||
    find . -name .git -prune -o '(' -type f -o -type l ')' -printf '%P\0'
}
list | sort -z | while IFS= read -r -d '' name; do
  if [ -e "$name" ] || [ -L "$name" ]; then printf '%s\0' "$name"; fi
done
`;

export const listFiles = defineTool({
  name: "list_files",
  description: `Lists the files below a folder, in the order of their names, tracked and new ones, without those that .gitignore excludes.
At most ${maxFiles} are shown; give a folder to see more of it.`,
  schema,
  describe: (input) => toolCall(input, ""),
  execute: async (input, context) => {
    const { path = "." } = input;
    const options = { maxBytes: maxListBytes };
    const { exitCode, stdout, stderr } = await runFileScript(context, script, [path], options);
    if (exitCode !== 0) throw new ToolRefusal(stderr || `${path} cannot be listed.`);
    const prefix = fromRoot(path);
    const names = stdout
      .toString()
      .split("\0")
      .filter(Boolean)
      .map((name) => cleanText(`${prefix}${name}`));
    const text = shownNames(names, context.limits.modelChars, stdout.length >= maxListBytes);
    return { ok: true, forModel: text, item: toolCall(input, text) };
  },
});

function shownNames(names: readonly string[], maxChars: number, more: boolean): string {
  if (names.length === 0) return "(no files)";
  let chars = 0;
  const shown = names.slice(0, maxFiles).filter((name) => {
    chars += name.length + 1;
    return chars <= maxChars;
  });
  const total = `${names.length}${more ? " or more" : ""}`;
  return shown.length === names.length
    ? shown.join("\n")
    : `${shown.join("\n")}\n[${shown.length} of ${total} files; list a folder to see more]`;
}

function toolCall(input: Input, result: string): ToolItem {
  return { type: "toolCall", name: "list_files", input, result };
}
