export type DiffLine = {
  kind: "context" | "add" | "del";
  oldLine: number | null;
  newLine: number | null;
  text: string;
  /** Half-open range of characters that differ from the line's counterpart. */
  mark?: [from: number, to: number];
  /** The file ends here without a line break. */
  noNewline?: boolean;
};

export type DiffHunk = { header: string; section: string; lines: DiffLine[] };

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;

/** Reads the hunks of one file's unified diff; everything before the first `@@` is skipped. */
export function parsePatch(patch: string): DiffHunk[] {
  const hunks: DiffHunk[] = [];
  let oldLine = 0;
  let newLine = 0;
  for (const raw of patch.split("\n")) {
    const start = HUNK.exec(raw);
    if (start) {
      oldLine = Number(start[1]);
      newLine = Number(start[2]);
      const section = start[3] ?? "";
      hunks.push({ header: raw.slice(0, raw.length - section.length).trimEnd(), section, lines: [] });
      continue;
    }
    const lines = hunks.at(-1)?.lines;
    if (!lines) continue;
    const text = raw.slice(1).replace(/\r$/, "");
    if (raw.startsWith("+")) lines.push({ kind: "add", oldLine: null, newLine: newLine++, text });
    else if (raw.startsWith("-")) lines.push({ kind: "del", oldLine: oldLine++, newLine: null, text });
    else if (raw.startsWith(" ")) lines.push({ kind: "context", oldLine: oldLine++, newLine: newLine++, text });
    else if (raw.startsWith("\\")) {
      const last = lines.at(-1);
      if (last) last.noNewline = true;
    }
  }
  for (const hunk of hunks) markWords(hunk.lines);
  return hunks;
}

/** Pairs the lines of each run of deletions with those of the additions after it and marks what differs in a line. */
function markWords(lines: DiffLine[]): void {
  for (let i = 0; i < lines.length; ) {
    const dels = runLength(lines, i, "del");
    const adds = runLength(lines, i + dels, "add");
    for (let k = 0; k < Math.min(dels, adds); k++) markPair(lines[i + k], lines[i + dels + k]);
    i += Math.max(1, dels + adds);
  }
}

function runLength(lines: DiffLine[], from: number, kind: DiffLine["kind"]): number {
  let end = from;
  while (lines[end]?.kind === kind) end += 1;
  return end - from;
}

const WORD = /[\p{L}\p{N}_]+|\s+|./gu;

function markPair(del: DiffLine | undefined, add: DiffLine | undefined): void {
  if (!del || !add || del.text.length > 1000 || add.text.length > 1000) return;
  const before = del.text.match(WORD) ?? [];
  const after = add.text.match(WORD) ?? [];
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const same = [...before.slice(0, head), ...before.slice(before.length - tail)].join("").trim().length;
  if (same * 3 < Math.max(del.text.trim().length, add.text.trim().length)) return;
  del.mark = rangeOf(before, head, tail);
  add.mark = rangeOf(after, head, tail);
}

function rangeOf(words: string[], head: number, tail: number): [number, number] | undefined {
  const from = words.slice(0, head).join("").length;
  const to = words.slice(0, words.length - tail).join("").length;
  return to > from ? [from, to] : undefined;
}
