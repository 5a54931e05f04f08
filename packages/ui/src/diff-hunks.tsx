"use client";
import { Fragment, memo, useMemo } from "react";
import { cn } from "./cn.ts";
import type { Token } from "./highlight.ts";
import { LineText, lineStyles, lineTextClasses } from "./line-text.tsx";
import type { DiffHunk, DiffLine } from "./parse-patch.ts";
import { useHighlight } from "./use-highlight.ts";

/** Hunks as a table: old number, new number, line. Numbers and signs stay out of what is copied. */
export function DiffHunks({ hunks, path }: { hunks: DiffHunk[]; path: string }) {
  const sides = useMemo(() => hunks.flatMap((hunk) => [sideOf(hunk, "del"), sideOf(hunk, "add")]), [hunks]);
  const colours = useHighlight(sides, path);
  const digits = String(
    Math.max(0, ...hunks.flatMap((h) => h.lines.slice(-4).map((l) => l.newLine ?? l.oldLine ?? 0))),
  ).length;
  const gutter = { width: `${digits + 2}ch` };
  return (
    <table className="w-full table-fixed border-collapse font-mono text-xs leading-5">
      <caption className="sr-only">Changed lines of {path}</caption>
      <colgroup>
        <col style={gutter} />
        <col style={gutter} />
        <col />
      </colgroup>
      <tbody>
        {hunks.map((hunk, index) => (
          <Fragment key={hunk.header}>
            <tr className="bg-diff-hunk text-subtle">
              <td colSpan={2} />
              <td className="truncate py-1 pr-3 pl-5" title={hunk.section}>
                {hunk.header} {hunk.section}
              </td>
            </tr>
            <HunkLines hunk={hunk} before={colours?.[index * 2]} after={colours?.[index * 2 + 1]} />
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

type HunkLinesProps = { hunk: DiffHunk; before?: Token[][]; after?: Token[][] };

const HunkLines = memo(function HunkLines({ hunk, before, after }: HunkLinesProps) {
  let oldRow = 0;
  let newRow = 0;
  return hunk.lines.map((line) => {
    const tokens = line.kind === "del" ? before?.[oldRow] : after?.[newRow];
    if (line.kind !== "add") oldRow += 1;
    if (line.kind !== "del") newRow += 1;
    return <LineRow key={`${line.oldLine}:${line.newLine}`} line={line} tokens={tokens} />;
  });
});

function LineRow({ line, tokens }: { line: DiffLine; tokens?: Token[] }) {
  const style = lineStyles[line.kind];
  const gutter = cn("select-none px-[1ch] text-right align-top", style.gutter);
  return (
    <tr className={style.row}>
      <td className={gutter}>{line.oldLine}</td>
      <td className={gutter}>{line.newLine}</td>
      <td data-sign={style.sign} className={lineTextClasses}>
        <LineText line={line} tokens={tokens} />
      </td>
    </tr>
  );
}

function sideOf(hunk: DiffHunk, changed: "add" | "del"): string {
  return hunk.lines
    .filter((line) => line.kind === "context" || line.kind === changed)
    .map((line) => line.text)
    .join("\n");
}
