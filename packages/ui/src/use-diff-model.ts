import { useMemo, useRef, useState } from "react";
import { blocksOf, type Context, type DiffBlocks, type DiffGap, noContext } from "./diff-blocks.ts";
import { type DiffRow, diffRows, type FileState } from "./diff-rows.ts";
import { parsePatch } from "./parse-patch.ts";
import type { FileDiff } from "./types.ts";

/** Files with more changed lines than this open only on request. */
const large = 3_000;
/** Lines that one press shows of what is left out. */
export const linesAtOnce = 20;

/** Lines of the new file, from `from` up to and without `to`; fewer where it ends before, `null` where they cannot be read. */
export type ReadLines = (path: string, from: number, to: number) => Promise<string[] | null>;

export type DiffModel = ReturnType<typeof useDiffModel>;

/**
 * What of a diff is shown: files opened and closed by hand, otherwise those not viewed; large ones on request; lines
 * around the hunks as far as they were asked for. What was asked for is forgotten when its file changes.
 */
export function useDiffModel(files: readonly FileDiff[], viewed: ReadonlySet<string>, split: boolean) {
  const [byHand, setByHand] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [wanted, setWanted] = useState<ReadonlySet<string>>(new Set());
  const [contexts, setContexts] = useState<ReadonlyMap<string, Context>>(new Map());
  const parsed = useRef(new Map<string, { hash: string; context: Context; blocks: DiffBlocks }>());

  const isOpen = (file: FileDiff) => byHand.get(file.path) ?? !viewed.has(file.hash);

  function blocksFor(file: FileDiff): DiffBlocks {
    const context = contexts.get(file.hash) ?? noContext;
    const known = parsed.current.get(file.path);
    if (known?.hash === file.hash && known.context === context) return known.blocks;
    const ended = file.status === "added" || file.status === "deleted" || file.truncated === true;
    const blocks = blocksOf(parsePatch(file.patch), context, ended);
    parsed.current.set(file.path, { hash: file.hash, context, blocks });
    return blocks;
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: all that the functions above read
  const { states, rows } = useMemo(() => {
    const made = files.map((file): FileState => {
      const open = isOpen(file);
      const folded = file.additions + file.deletions > large && !wanted.has(file.path);
      return { open, folded, blocks: open && !folded && !file.binary ? blocksFor(file) : null };
    });
    return { states: made, rows: diffRows(files, made, split) as readonly DiffRow[] };
  }, [files, viewed, split, byHand, wanted, contexts]);

  return {
    rows,
    states,
    isOpen,
    setOpen: (path: string, open: boolean) => setByHand((before) => new Map(before).set(path, open)),
    setAllOpen: (open: boolean) => setByHand(new Map(files.map(({ path }) => [path, open]))),
    /** Back to what follows from the file being viewed. */
    followViewed: (path: string) => setByHand((before) => new Map([...before].filter(([other]) => other !== path))),
    showLarge: (path: string) => setWanted((before) => new Set(before).add(path)),

    /** Shows more of a gap: all of a small one, otherwise some lines at one of its ends. */
    async expand(file: FileDiff, gap: DiffGap, edge: "top" | "bottom", read: ReadLines): Promise<void> {
      const small = gap.to !== null && gap.to - gap.from <= linesAtOnce * 2;
      const from = small || edge === "top" || gap.to === null ? gap.from : Math.max(gap.from, gap.to - linesAtOnce);
      const to = small && gap.to !== null ? gap.to : Math.min(from + linesAtOnce, gap.to ?? Number.POSITIVE_INFINITY);
      const lines = await read(file.path, from, to);
      if (!lines) return;
      setContexts((before) => {
        const context = before.get(file.hash) ?? noContext;
        const known = new Map([...context.lines, ...lines.map((text, n) => [from + n, text] as const)]);
        const end = lines.length < to - from ? from + lines.length - 1 : context.end;
        return new Map(before).set(file.hash, { lines: known, end });
      });
    },
  };
}
