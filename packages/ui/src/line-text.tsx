import { cn } from "./cn.ts";
import type { Token } from "./highlight.ts";
import type { DiffLine } from "./parse-patch.ts";
import { segmentsOf } from "./segments.ts";

export const lineStyles = {
  context: { row: "", gutter: "text-subtle", mark: "", sign: "" },
  add: { row: "bg-diff-add", gutter: "bg-diff-add-gutter text-muted", mark: "bg-diff-add-mark", sign: "+" },
  del: { row: "bg-diff-del", gutter: "bg-diff-del-gutter text-muted", mark: "bg-diff-del-mark", sign: "−" },
};

/** Of the element around a line's text, which has its sign as `data-sign`. */
export const lineTextClasses =
  "relative whitespace-pre-wrap pr-3 pl-5 text-fg [overflow-wrap:anywhere] before:absolute before:left-1.5 before:select-none before:text-muted before:content-[attr(data-sign)]";

/** The text of one line of a diff, in its colours and with what changed in it marked. */
export function LineText({ line, tokens }: { line: DiffLine; tokens?: Token[] }) {
  return (
    <>
      {segmentsOf(line.text, tokens, line.mark).map((part, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
          key={index}
          style={part.color ? { color: part.color } : undefined}
          className={part.marked ? cn("rounded-[2px]", lineStyles[line.kind].mark) : undefined}
        >
          {part.text}
        </span>
      ))}
      {line.text === "" && "\n"}
      {line.noNewline && <span className="select-none text-subtle"> (no line break at the end)</span>}
    </>
  );
}
