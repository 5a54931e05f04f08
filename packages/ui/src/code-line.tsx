"use client";
import { CopyButton } from "./copy-button.tsx";
import { ScrollBox } from "./scroll-box.tsx";

export type CodeLineProps = {
  text: string;
  label?: string;
  /** For what people compare: long ones are broken, so that all of it is in view. */
  whole?: boolean;
};

/** A command to paste elsewhere; selects whole on click, scrolls when long. */
export function CodeLine({ text, label = "Copy command", whole = false }: CodeLineProps) {
  return (
    <div className="flex items-center gap-1 rounded-md border border-line bg-sunken pr-1 pl-3">
      {whole ? (
        <code className="min-w-0 flex-1 select-all py-2 font-mono text-fg text-xs [overflow-wrap:anywhere]">
          {text}
        </code>
      ) : (
        <ScrollBox label="Text to copy" className="min-w-0 flex-1 overflow-x-auto [scrollbar-width:none]">
          <code className="block w-max select-all whitespace-pre py-2 font-mono text-fg text-xs">{text}</code>
        </ScrollBox>
      )}
      <CopyButton text={text} label={label} />
    </div>
  );
}
