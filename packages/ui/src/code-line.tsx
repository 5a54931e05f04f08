"use client";
import { CopyButton } from "./copy-button.tsx";

/** A command to paste elsewhere; selects whole on click, scrolls when long. */
export function CodeLine({ text, label = "Copy command" }: { text: string; label?: string }) {
  return (
    <div className="flex items-center gap-1 rounded-md border border-line bg-sunken pr-1 pl-3">
      <code className="min-w-0 flex-1 select-all overflow-x-auto whitespace-pre py-2 font-mono text-fg text-xs [scrollbar-width:none]">
        {text}
      </code>
      <CopyButton text={text} label={label} />
    </div>
  );
}
