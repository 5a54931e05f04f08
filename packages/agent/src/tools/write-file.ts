import { z } from "zod";
import { pathSchema, writeInside } from "./inside-file.ts";
import { countLineChanges } from "./line-changes.ts";
import { defineTool } from "./tool.ts";

const schema = z.strictObject({
  path: pathSchema.describe("The file, relative to the root of the repository. Missing folders are made."),
  content: z.string().describe("The whole new content."),
});

export const writeFile = defineTool({
  name: "write_file",
  description: `Writes a whole file, new or in place of the old one, whose mode it keeps.
To change parts of an existing file use edit_file. Files outside the repository and in .git are refused.`,
  schema,
  describe: ({ path }) => ({ type: "fileChange", changes: [{ path, kind: "update", additions: 0, deletions: 0 }] }),
  execute: async ({ path, content }, context) => {
    const bytes = Buffer.from(content);
    const { kind, before } = await writeInside(context, path, bytes);
    const counts = countLineChanges(before, bytes);
    return {
      ok: true,
      forModel:
        kind === "add" ? `Made ${path}.` : `Replaced ${path} (+${counts.additions} −${counts.deletions} lines).`,
      item: { type: "fileChange", changes: [{ path, kind, ...counts }] },
    };
  },
});
