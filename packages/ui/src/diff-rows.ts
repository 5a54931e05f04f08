import type { DiffBlocks, DiffGap } from "./diff-blocks.ts";
import type { DiffLine } from "./parse-patch.ts";
import type { FileDiff } from "./types.ts";

/** A line with the place of its text among the lines of its side of its block, where its colours are kept. */
export type PlacedLine = DiffLine & { block: number; before: number; after: number };

/** What the list of changes shows, one entry a row; `file` is the place of the file. */
export type DiffRow =
  | { kind: "file"; key: string; file: number }
  | { kind: "hunk"; key: string; file: number; gap: DiffGap | null; text: string; section: string }
  | { kind: "line"; key: string; file: number; line: PlacedLine }
  | { kind: "pair"; key: string; file: number; left: PlacedLine | null; right: PlacedLine | null }
  | { kind: "note"; key: string; file: number; note: DiffNote }
  | { kind: "end"; key: string; file: number };

export type DiffNote = "binary" | "renamed" | "empty" | "large" | "cut";

export type FileState = {
  open: boolean;
  /** Too large to be shown unasked. */
  folded: boolean;
  /** Absent while closed or folded. */
  blocks: DiffBlocks | null;
};

/** The rows of all files in order. @param split old and new beside each other */
export function diffRows(files: readonly FileDiff[], states: readonly FileState[], split: boolean): DiffRow[] {
  return files.flatMap((file, index) => {
    const state = states[index];
    const rows: DiffRow[] = [{ kind: "file", key: file.path, file: index }];
    if (state?.open) rows.push(...bodyOf(file, index, state, split));
    rows.push({ kind: "end", key: `${file.path}\nend`, file: index });
    return rows;
  });
}

function bodyOf(file: FileDiff, index: number, { folded, blocks }: FileState, split: boolean): DiffRow[] {
  const row = (id: string) => ({ key: `${file.path}\n${id}`, file: index });
  const note = (what: DiffNote): DiffRow => ({ kind: "note", ...row(what), note: what });
  if (file.binary) return [note("binary")];
  if (!file.patch.includes("@@")) return [note(file.status === "renamed" ? "renamed" : "empty")];
  if (folded || !blocks) return [note("large")];
  const rows: DiffRow[] = [];
  for (const [at, { gap, header, section, lines }] of blocks.blocks.entries()) {
    rows.push({ kind: "hunk", ...row(`hunk ${header}`), gap, text: header, section });
    const placed = placeLines(lines, at);
    const drawn = split ? pairs(placed) : placed.map((line) => ({ kind: "line" as const, line }));
    for (const one of drawn) {
      const id = one.kind === "line" ? nameOf(one.line) : `${nameOf(one.left)}|${nameOf(one.right)}`;
      rows.push({ ...one, ...row(id) });
    }
  }
  if (blocks.end) rows.push({ kind: "hunk", ...row("after"), gap: blocks.end, text: "", section: "" });
  if (file.truncated) rows.push(note("cut"));
  return rows;
}

const nameOf = (line: DiffLine | null) => (line ? `${line.oldLine}:${line.newLine}` : "");

function placeLines(lines: readonly DiffLine[], block: number): PlacedLine[] {
  let [before, after] = [0, 0];
  return lines.map((line) => {
    const placed = { ...line, block, before, after };
    if (line.kind !== "add") before += 1;
    if (line.kind !== "del") after += 1;
    return placed;
  });
}

type Pair = { kind: "pair"; left: PlacedLine | null; right: PlacedLine | null };

/** What was deleted beside what took its place. */
function pairs(lines: readonly PlacedLine[]): Pair[] {
  const rows: Pair[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as PlacedLine;
    if (line.kind === "context") {
      rows.push({ kind: "pair", left: line, right: line });
      at += 1;
      continue;
    }
    const dels = takeWhile(lines, at, "del");
    const adds = takeWhile(lines, at + dels.length, "add");
    for (let n = 0; n < Math.max(dels.length, adds.length); n++) {
      rows.push({ kind: "pair", left: dels[n] ?? null, right: adds[n] ?? null });
    }
    at += dels.length + adds.length;
  }
  return rows;
}

function takeWhile(lines: readonly PlacedLine[], from: number, kind: DiffLine["kind"]): PlacedLine[] {
  let end = from;
  while (lines[end]?.kind === kind) end += 1;
  return lines.slice(from, end);
}
