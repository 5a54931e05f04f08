"use client";
import { CopyButton } from "./copy-button.tsx";
import { ScrollBox } from "./scroll-box.tsx";
import { segmentsOf } from "./segments.ts";
import { useHighlight } from "./use-highlight.ts";

export type CodeBlockProps = {
  code: string;
  /** A fence's name or a path. */
  language: string;
  /** Still being written: colours wait until it is whole. */
  incomplete?: boolean;
};

export function CodeBlock({ code, language, incomplete }: CodeBlockProps) {
  const text = code.replace(/\n$/, "");
  const tokens = useHighlight([text], incomplete ? "" : language)?.[0];
  return (
    <figure className="code-block group relative overflow-hidden rounded-md border border-line bg-sunken">
      <figcaption className="flex h-7 items-center justify-between border-line border-b pr-1 pl-3 text-subtle text-xs">
        {language || "text"}
        <CopyButton text={text} label="Copy code" className="pointer-coarse:size-7" />
      </figcaption>
      <ScrollBox label="Code" className="max-h-120 overflow-auto px-3 py-2 outline-offset-[-2px]">
        <pre className="font-mono text-xs leading-[18px]">
          <code>
            {tokens
              ? text.split("\n").map((line, row) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their number
                  <span key={row}>
                    {segmentsOf(line, tokens[row]).map((part, column) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: as above
                      <span key={column} style={{ color: part.color }}>
                        {part.text}
                      </span>
                    ))}
                    {"\n"}
                  </span>
                ))
              : text}
          </code>
        </pre>
      </ScrollBox>
    </figure>
  );
}
