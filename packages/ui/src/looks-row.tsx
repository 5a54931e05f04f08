"use client";
import { Eye } from "lucide-react";
import { CommandItemView } from "./command-item.tsx";
import { Disclosure } from "./disclosure.tsx";
import { describeLooks } from "./fold-items.ts";
import { ToolCallItemView } from "./tool-call-item.tsx";
import type { CommandItem, ToolCallItem } from "./types.ts";

export type LooksRowProps = {
  items: (CommandItem | ToolCallItem)[];
  outputHref?: (item: CommandItem) => string | undefined;
};

/** Consecutive reads, lists and searches as one row. */
export function LooksRow({ items, outputHref }: LooksRowProps) {
  const running = items.some((item) => item.status === "running");
  return (
    <Disclosure icon={Eye} label="Looked around" tone={running ? "active" : "plain"} summary={describeLooks(items)}>
      {() => (
        <div className="border-line border-l pl-2">
          {items.map((item) =>
            item.type === "toolCall" ? (
              <ToolCallItemView key={item.id} item={item} />
            ) : (
              <CommandItemView key={item.id} item={item} outputHref={outputHref?.(item)} />
            ),
          )}
        </div>
      )}
    </Disclosure>
  );
}
