"use client";
import { memo } from "react";
import { cn } from "./cn.ts";
import type { BlockColours } from "./diff-colours.ts";
import type { PlacedLine } from "./diff-rows.ts";
import { LineText, lineStyles, lineTextClasses } from "./line-text.tsx";

const gutterClasses = "w-(--gutter) shrink-0 select-none px-[1ch] text-right";
type Colours = readonly BlockColours[];

/** One line of a unified diff. Numbers and signs stay out of what is copied. */
export const UnifiedLine = memo(function UnifiedLine({ line, colours }: { line: PlacedLine; colours: Colours }) {
  const style = lineStyles[line.kind];
  return (
    <div className={cn("flex font-mono text-xs leading-5 compact:leading-4", style.row)}>
      <span className={cn(gutterClasses, style.gutter)}>{line.oldLine}</span>
      <span className={cn(gutterClasses, style.gutter)}>{line.newLine}</span>
      <Code line={line} colours={colours} />
    </div>
  );
});

type SplitLineProps = { left: PlacedLine | null; right: PlacedLine | null; colours: Colours };

/** What was beside what is. */
export const SplitLine = memo(function SplitLine({ left, right, colours }: SplitLineProps) {
  return (
    <div className="grid grid-cols-2 font-mono text-xs leading-5 compact:leading-4">
      <Half line={left} number={left?.oldLine} colours={colours} />
      <Half line={right} number={right?.newLine} colours={colours} right />
    </div>
  );
});

type HalfProps = { line: PlacedLine | null; number: number | null | undefined; colours: Colours; right?: boolean };

function Half({ line, number, colours, right }: HalfProps) {
  const style = line ? lineStyles[line.kind] : null;
  return (
    <div
      data-diff-half=""
      className={cn("flex min-w-0", style ? style.row : "bg-sunken", right && "border-line border-l")}
    >
      <span className={cn(gutterClasses, style?.gutter)}>{number}</span>
      {line && <Code line={line} colours={colours} />}
    </div>
  );
}

function Code({ line, colours }: { line: PlacedLine; colours: Colours }) {
  const style = lineStyles[line.kind];
  const block = colours[line.block];
  const tokens = line.kind === "del" ? block?.before[line.before] : block?.after[line.after];
  return (
    <code data-sign={style.sign} className={cn(lineTextClasses, "min-w-0 flex-1")}>
      <LineText line={line} tokens={tokens} />
    </code>
  );
}
