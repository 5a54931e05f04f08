import { z } from "zod";
import { isBinary, pathSchema, readInside, ToolRefusal, writeInside } from "./inside-file.ts";
import { countLineChanges } from "./line-changes.ts";
import { defineTool } from "./tool.ts";

const schema = z.strictObject({
  path: pathSchema.describe("The file, relative to the root of the repository."),
  old_string: z.string().min(1).describe("The exact text to replace, with its white space and line breaks."),
  new_string: z.string().describe("The text to put there."),
  replace_all: z.boolean().optional().describe("Replace every occurrence instead of exactly one."),
});

type Input = z.infer<typeof schema>;

export const editFile = defineTool({
  name: "edit_file",
  description: `Replaces a piece of text in an existing file. old_string must occur exactly once, character for character:
give enough lines around the change to make it unique, or set replace_all. Read the file first; leave out the line numbers that read_file shows.
Files with Windows line ends keep them: write plain line breaks.`,
  schema,
  describe: ({ path }) => ({ type: "fileChange", changes: [{ path, kind: "update", additions: 0, deletions: 0 }] }),
  execute: async (input, context) => {
    const { path } = input;
    const before = await readInside(context, path);
    if (isBinary(before)) throw new ToolRefusal(`${path} is a binary file; it cannot be edited as text.`);
    const { after, count } = replaceIn(before, input);
    await writeInside(context, path, after);
    const counts = countLineChanges(before, after);
    const places = count === 1 ? "" : ` in ${count} places`;
    return {
      ok: true,
      forModel: `Edited ${path}${places} (+${counts.additions} −${counts.deletions} lines).`,
      item: { type: "fileChange", changes: [{ path, kind: "update", ...counts }] },
    };
  },
});

/** Works on bytes, so that text in another encoding around the change stays what it is. */
function replaceIn(content: Buffer, input: Input): { after: Buffer; count: number } {
  const { path, old_string, new_string, replace_all = false } = input;
  if (old_string === new_string) throw new ToolRefusal("old_string and new_string are the same.");
  const [wanted, replacement] = inLineEndsOf(content, old_string, new_string);
  const places = occurrences(content, wanted);
  if (places.length === 0)
    throw new ToolRefusal(`old_string does not occur in ${path}. Read the file again and copy the text exactly.`);
  if (places.length > 1 && !replace_all)
    throw new ToolRefusal(
      `old_string occurs ${places.length} times in ${path}. Add lines around it to make it unique, or set replace_all.`,
    );
  const parts: Buffer[] = [];
  let end = 0;
  for (const place of places) {
    parts.push(content.subarray(end, place), replacement);
    end = place + wanted.length;
  }
  return { after: Buffer.concat([...parts, content.subarray(end)]), count: places.length };
}

/** A file with CRLF throughout is matched and written with CRLF, whichever line ends the model used. */
function inLineEndsOf(content: Buffer, oldText: string, newText: string): [Buffer, Buffer] {
  const lineEnds = occurrences(content, Buffer.from("\n")).length;
  const windows = lineEnds > 0 && occurrences(content, Buffer.from("\r\n")).length === lineEnds;
  const convert = (text: string) => Buffer.from(windows ? text.replace(/\r?\n/g, "\r\n") : text);
  return [convert(oldText), convert(newText)];
}

function occurrences(content: Buffer, wanted: Buffer): number[] {
  const places: number[] = [];
  for (let at = content.indexOf(wanted); at !== -1; at = content.indexOf(wanted, at + wanted.length)) places.push(at);
  return places;
}
