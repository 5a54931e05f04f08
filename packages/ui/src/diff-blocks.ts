import type { DiffHunk, DiffLine } from "./parse-patch.ts";

/** Lines of the new file that are not shown, from `from` up to and without `to`; `null`: to its end, wherever that is. */
export type DiffGap = { from: number; to: number | null };

/** Lines without a gap between them, and what is left out before them. */
export type DiffBlock = { gap: DiffGap | null; header: string; section: string; lines: DiffLine[] };

export type DiffBlocks = { blocks: DiffBlock[]; end: DiffGap | null };

/** Lines of the new file that were asked for besides the patch, by number; `end` once its last line is known. */
export type Context = { lines: ReadonlyMap<number, string>; end: number | null };

export const noContext: Context = { lines: new Map(), end: null };

/**
 * The hunks of a file, joined where the lines between them are known.
 * @param ended nothing can follow the last hunk: the file was added or deleted, or the patch was cut
 */
export function blocksOf(hunks: readonly DiffHunk[], context: Context, ended: boolean): DiffBlocks {
  const blocks: DiffBlock[] = [];
  let next = 1;
  let shift = 0;
  for (const hunk of hunks) {
    const first = startOf(hunk);
    const { before, gap, after } = fill(next, first.newLine, context, shift);
    const last = blocks.at(-1);
    last?.lines.push(...before);
    const open = last && !gap ? last : { gap, header: hunk.header, section: hunk.section, lines: [] };
    if (open !== last) {
      if (!last) open.lines.push(...before);
      blocks.push(open);
    }
    open.lines.push(...after, ...hunk.lines);
    next = first.newLine + hunk.lines.filter(({ kind }) => kind !== "del").length;
    shift = first.oldLine + hunk.lines.filter(({ kind }) => kind !== "add").length - next;
  }
  if (ended || blocks.length === 0) return { blocks, end: null };
  const rest = fill(next, null, context, shift);
  blocks.at(-1)?.lines.push(...rest.before);
  return { blocks, end: rest.gap };
}

/** What is known of the lines from `from` up to `to`: at the beginning, at the end, and the gap that is left. */
function fill(from: number, to: number | null, { lines, end }: Context, shift: number) {
  const stop = to ?? (end === null ? null : end + 1);
  const line = (newLine: number): DiffLine => ({
    kind: "context",
    oldLine: newLine + shift,
    newLine,
    text: lines.get(newLine) ?? "",
  });
  const before: DiffLine[] = [];
  const after: DiffLine[] = [];
  let start = from;
  while ((stop === null || start < stop) && lines.has(start)) before.push(line(start++));
  let until = stop;
  while (until !== null && to !== null && until > start && lines.has(until - 1)) after.unshift(line(--until));
  return { before, gap: until === null || start < until ? { from: start, to: until } : null, after };
}

const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** Where a hunk begins; of a side without lines git names the line before. */
function startOf(hunk: DiffHunk): { oldLine: number; newLine: number } {
  const [, oldStart = "1", oldCount, newStart = "1", newCount] = header.exec(hunk.header) ?? [];
  return {
    oldLine: Number(oldStart) + (oldCount === "0" ? 1 : 0),
    newLine: Number(newStart) + (newCount === "0" ? 1 : 0),
  };
}
