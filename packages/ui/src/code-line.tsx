"use client";
import { CopyButton } from "./copy-button.tsx";
import { ScrollBox } from "./scroll-box.tsx";

/** A command to paste elsewhere; selects whole on click, scrolls when long. */
export function CodeLine({ text, label = "Copy command" }: { text: string; label?: string }) {
  return (
    <div className="flex items-center gap-1 rounded-md border border-line bg-sunken pr-1 pl-3">
      <ScrollBox label="Text to copy" className="min-w-0 flex-1 overflow-x-auto [scrollbar-width:none]">
        <code className="block w-max select-all whitespace-pre py-2 font-mono text-fg text-xs">{text}</code>
      </ScrollBox>
      <CopyButton text={text} label={label} />
    </div>
  );
}
