import { z } from "zod";
import { cleanText } from "../clean-text.ts";
import { isBinary, pathSchema, readInside, ToolRefusal } from "./inside-file.ts";
import { defineTool, type ToolItem } from "./tool.ts";

const maxLineChars = 2000;
const defaultLines = 2000;

const schema = z.strictObject({
  path: pathSchema.describe("The file, relative to the root of the repository."),
  offset: z.int().min(1).optional().describe("The first line to show, counted from 1."),
  limit: z.int().min(1).optional().describe(`How many lines to show; ${defaultLines} when absent.`),
});

type Input = z.infer<typeof schema>;

export const readFile = defineTool({
  name: "read_file",
  description: `Reads a text file. Each line is shown as its number, a tab and the text; the number and the tab are not part of the file.
A long file is shown in parts: the last line says where to go on. Lines over ${maxLineChars} characters are cut. Binary files are refused.`,
  schema,
  describe: (input) => toolCall(input, ""),
  execute: async (input, context) => {
    const content = await readInside(context, input.path);
    if (isBinary(content)) throw new ToolRefusal(`${input.path} is a binary file of ${content.length} bytes.`);
    const text = numbered(input, cleanText(content.toString()), context.limits.modelChars);
    return { ok: true, forModel: text, item: toolCall(input, text) };
  },
});

function numbered({ path, offset = 1, limit = defaultLines }: Input, text: string, maxChars: number): string {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  if (lines.length === 0) return `(${path} is empty)`;
  if (offset > lines.length) throw new ToolRefusal(`${path} has only ${lines.length} lines.`);
  const shown: string[] = [];
  let chars = 0;
  for (const line of lines.slice(offset - 1, offset - 1 + limit)) {
    const cut = line.length > maxLineChars ? `${cleanText(line.slice(0, maxLineChars))} [… line cut]` : line;
    const numberedLine = `${offset + shown.length}\t${cut}`;
    chars += numberedLine.length + 1;
    if (chars > maxChars && shown.length > 0) break;
    shown.push(numberedLine);
  }
  const next = offset + shown.length;
  if (next > lines.length) return shown.join("\n");
  return `${shown.join("\n")}\n[lines ${offset}–${next - 1} of ${lines.length}; go on with offset ${next}]`;
}

function toolCall(input: Input, result: string): ToolItem {
  return { type: "toolCall", name: "read_file", input, result };
}
