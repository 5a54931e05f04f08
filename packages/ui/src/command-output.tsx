"use client";
import { useLayoutEffect, useRef, useState } from "react";
import { CopyButton } from "./copy-button.tsx";
import { formatBytes, plural } from "./format.ts";
import { ScrollBox } from "./scroll-box.tsx";
import { tailLines, terminalText } from "./terminal-text.ts";
import type { CommandItem } from "./types.ts";

const FOLDED = 24;

/** The command in full and what it printed: its end first, the rest on demand. */
export function CommandOutput({ item, outputHref }: { item: CommandItem; outputHref?: string }) {
  const [whole, setWhole] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const running = item.status === "running";
  const text = terminalText(item.output ?? "");
  const bytes = item.outputBytes ?? new Blob([text]).size;
  const { text: shown, hidden } = whole ? { text, hidden: 0 } : tailLines(text, FOLDED);

  useLayoutEffect(() => {
    if (running && shown && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [running, shown]);

  return (
    <div className="overflow-hidden rounded-md border border-line bg-sunken font-mono text-xs leading-[18px]">
      <div className="flex items-start gap-2 border-line border-b py-1 pr-1 pl-3">
        <pre className="min-w-0 flex-1 whitespace-pre-wrap py-1 text-fg [overflow-wrap:anywhere]">
          <span className="select-none text-subtle">$ </span>
          {item.command}
        </pre>
        <CopyButton text={item.command} label="Copy command" />
      </div>
      {hidden > 0 && (
        <button
          type="button"
          onClick={() => setWhole(true)}
          className="block w-full border-line border-b px-3 py-1 text-left font-sans text-accent-text text-xs outline-offset-[-2px] hover:bg-hover"
        >
          Show {plural(hidden, "earlier line")} ({formatBytes(bytes)} in all)
        </button>
      )}
      {text ? (
        <ScrollBox
          ref={box}
          label="Output"
          className="max-h-96 overflow-auto px-3 py-2 text-muted outline-offset-[-2px]"
        >
          <pre className="whitespace-pre-wrap [overflow-wrap:anywhere]">{shown}</pre>
        </ScrollBox>
      ) : (
        <p className="px-3 py-2 font-sans text-subtle">{running ? "No output yet" : "No output"}</p>
      )}
      {outputHref && (
        <a
          href={outputHref}
          target="_blank"
          rel="noreferrer"
          className="block border-line border-t px-3 py-1 font-sans text-accent-text outline-offset-[-2px] hover:underline"
        >
          Open the whole output ({formatBytes(bytes)})
        </a>
      )}
    </div>
  );
}
