"use client";
import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import { Button } from "./button.tsx";
import type { DiffBlock } from "./diff-blocks.ts";
import type { DiffColours } from "./diff-colours.ts";
import { DiffFileHeader } from "./diff-file-header.tsx";
import { DiffHunkRow } from "./diff-hunk-row.tsx";
import { SplitLine, UnifiedLine } from "./diff-line-row.tsx";
import type { DiffNote, DiffRow } from "./diff-rows.ts";
import { plural } from "./format.ts";
import type { FileDiff } from "./types.ts";
import type { DiffModel, ReadLines } from "./use-diff-model.ts";

type DiffRowViewProps = {
  row: DiffRow;
  file: FileDiff;
  model: DiffModel;
  colours: DiffColours;
  viewed: ReadonlySet<string>;
  onViewedChange?: (file: FileDiff, viewed: boolean) => void;
  readLines?: ReadLines;
  editorHref?: (path: string) => string | undefined;
  /** More of the file is shown above or below the row. */
  onExpanded: () => void;
};

/** One row of a list of changes, whatever it is. */
export function DiffRowView(props: DiffRowViewProps) {
  const { row, file, model, viewed, onViewedChange, readLines, editorHref, onExpanded } = props;
  switch (row.kind) {
    case "file":
      return (
        <DiffFileHeader
          file={file}
          open={model.isOpen(file)}
          onOpenChange={(open) => model.setOpen(file.path, open)}
          viewed={viewed.has(file.hash)}
          onViewedChange={onViewedChange && ((next) => onViewedChange(file, next))}
          editorHref={editorHref?.(file.path)}
        />
      );
    case "hunk": {
      const { gap } = row;
      const expand = async (edge: "top" | "bottom") => {
        if (!gap || !readLines) return;
        await model.expand(file, gap, edge, readLines);
        onExpanded();
      };
      return (
        <Sides>
          <DiffHunkRow gap={gap} text={row.text} section={row.section} onExpand={readLines && expand} />
        </Sides>
      );
    }
    case "line":
    case "pair":
      return (
        <Sides>
          <Coloured {...props} row={row} />
        </Sides>
      );
    case "note":
      return (
        <Sides>
          <div className="flex flex-wrap items-center justify-between gap-2 px-3 py-3 text-muted text-sm">
            {row.note === "large" ? (
              <>
                <span>
                  {plural(file.additions + file.deletions, "changed line")}: folded so that the page stays quick
                </span>
                <Button size="sm" onClick={() => model.showLarge(file.path)}>
                  Show the diff
                </Button>
              </>
            ) : (
              notes[row.note]
            )}
          </div>
        </Sides>
      );
    case "end":
      return <div className={model.isOpen(file) ? "h-3 rounded-b-lg border-line border-t" : "h-3"} />;
  }
}

const Sides = ({ children }: { children: ReactNode }) => (
  <div className="border-line border-x bg-surface">{children}</div>
);

const notes: Record<Exclude<DiffNote, "large">, string> = {
  binary: "Binary file: no text to show",
  renamed: "Renamed without changes",
  empty: "No lines changed: an empty file or a new mode",
  cut: "Cut here: the change is too large to show. The branch has it whole.",
};

type ColouredProps = Pick<DiffRowViewProps, "file" | "model" | "colours"> & {
  row: Extract<DiffRow, { kind: "line" | "pair" }>;
};

function Coloured({ row, file, model, colours }: ColouredProps) {
  const blocks = model.states[row.file]?.blocks?.blocks;
  const version = `${file.hash} ${blocks?.reduce((sum, { lines }) => sum + lines.length, 0)}`;
  useEffect(() => {
    if (blocks) colours.ask(file.path, version, () => blocks.map(sidesOf));
  }, [blocks, colours, file.path, version]);
  const known = useSyncExternalStore(
    (listener) => colours.listen(file.path, listener),
    () => colours.read(file.path),
    () => noColours,
  );
  if (row.kind === "line") return <UnifiedLine line={row.line} colours={known} />;
  return <SplitLine left={row.left} right={row.right} colours={known} />;
}

const noColours = [] as const;

function sidesOf({ lines }: DiffBlock): { before: string; after: string } {
  const side = (other: "add" | "del") =>
    lines
      .filter(({ kind }) => kind !== other)
      .map(({ text }) => text)
      .join("\n");
  return { before: side("add"), after: side("del") };
}
