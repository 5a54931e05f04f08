export type FileDiff = {
  /** Names that are not UTF-8 have the offending bytes written like `\377`. */
  path: string;
  /** The former name of a renamed file. */
  oldPath?: string;
  status: "added" | "modified" | "deleted" | "renamed";
  additions: number;
  deletions: number;
  binary: boolean;
  /** Unified, with git's header; for a binary file the header alone. */
  patch: string;
  /** The patch is not whole: it is too large. */
  truncated?: true;
};

export type Change = Omit<FileDiff, "patch" | "truncated"> & {
  /** A file became a symbolic link or a submodule, or the reverse; git writes two patches then. */
  kindChanged: boolean;
};

const maxFilePatchBytes = 512 * 1024;
const headerStart = Buffer.from("diff --git ");

/** Reads `diff-tree -r -z --raw --numstat`. */
export function parseChanges(output: Buffer): Change[] {
  const fields = splitOnNul(output);
  const changes: Change[] = [];
  let index = 0;
  for (; fields[index]?.[0] === 0x3a; ) {
    const [, , , , letter = ""] = (fields[index++] as Buffer).toString().slice(1).split(" ");
    const renamed = letter.startsWith("R");
    const oldPath = renamed ? displayPath(fields[index++]) : undefined;
    changes.push({
      path: displayPath(fields[index++]),
      ...(oldPath === undefined ? {} : { oldPath }),
      status: renamed ? "renamed" : letter === "A" ? "added" : letter === "D" ? "deleted" : "modified",
      additions: 0,
      deletions: 0,
      binary: false,
      kindChanged: letter === "T",
    });
  }
  for (const change of changes) {
    const [added = "", deleted = "", name = ""] = (fields[index++]?.toString() ?? "").split("\t");
    if (name === "") index += 2; // a renamed file's two names follow
    change.binary = added === "-";
    change.additions = Number.parseInt(added, 10) || 0;
    change.deletions = Number.parseInt(deleted, 10) || 0;
  }
  return changes;
}

/** Gives each change its part of `diff-tree --patch`, which comes in the same order. */
export function splitPatch(changes: readonly Change[], output: Buffer, outputTruncated: boolean): FileDiff[] {
  const parts = patchStarts(output).map((start, index, starts) => output.subarray(start, starts[index + 1]));
  let next = 0;
  return changes.map(({ kindChanged, ...change }) => {
    const count = kindChanged ? 2 : 1;
    const own = Buffer.concat(parts.slice(next, next + count));
    next += count;
    const cut = outputTruncated && next >= parts.length;
    if (own.length <= maxFilePatchBytes && !cut) return { ...change, patch: text(own) };
    const room = own.subarray(0, maxFilePatchBytes);
    return { ...change, patch: text(room.subarray(0, room.lastIndexOf(10) + 1)), truncated: true };
  });
}

function patchStarts(output: Buffer): number[] {
  const starts: number[] = [];
  for (let at = output.indexOf(headerStart); at !== -1; at = output.indexOf(headerStart, at + 1))
    if (at === 0 || output[at - 1] === 10) starts.push(at);
  return starts;
}

function splitOnNul(output: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let start = 0; start < output.length; ) {
    const end = output.indexOf(0, start);
    fields.push(output.subarray(start, end === -1 ? output.length : end));
    start = end === -1 ? output.length : end + 1;
  }
  return fields;
}

/** A NUL far into a file that git took for text would break what stores and shows the patch. */
function text(bytes: Buffer): string {
  return bytes.toString().replaceAll("\0", "\u{fffd}");
}

function displayPath(bytes: Buffer | undefined): string {
  const path = bytes?.toString() ?? "";
  if (!path.includes("\u{fffd}")) return path;
  const octal = (byte: string) => `\\${byte.charCodeAt(0).toString(8)}`;
  return (bytes?.toString("latin1") ?? "").replace(/[\u{80}-\u{ff}]/gu, octal);
}
