"use client";
import { ChevronRight, Search } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { cn } from "./cn.ts";
import { ThreadRow } from "./thread-row.tsx";
import type { ThreadView } from "./types.ts";

export type ArchivedThreadsProps = {
  threads: readonly ThreadView[];
  /** Whose threads these are, for readers who cannot see where they stand. */
  of: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  selectedId?: string;
  hrefOf: (thread: ThreadView) => string;
};

/** From so many on, a filter is offered. */
const filterFrom = 6;
const shownAtMost = 50;

/** Threads that were set aside, folded away; found by their title, branch or author. */
export function ArchivedThreads({ threads, of, open, onOpenChange, selectedId, hrefOf }: ArchivedThreadsProps) {
  const [query, setQuery] = useState("");
  const id = useId();
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = threads.filter(({ title, branch, startedBy }) => {
    const text = `${title} ${branch} ${startedBy.name}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Escape" || query === "") return;
    event.preventDefault();
    setQuery("");
  }

  if (threads.length === 0) return null;
  return (
    <section aria-label={`Archived threads of ${of}`} className="px-2 pb-2">
      <h2>
        <button
          type="button"
          aria-expanded={open}
          aria-controls={open ? `${id}-threads` : undefined}
          onClick={() => onOpenChange(!open)}
          className="flex h-8 w-full min-w-0 items-center gap-1.5 rounded-md px-1 text-left font-medium text-muted text-xs hover:text-fg pointer-coarse:h-11"
        >
          <ChevronRight
            className={cn("size-3.5 shrink-0 transition-transform duration-100", open && "rotate-90")}
            aria-hidden
          />
          <span>Archived</span>
          <span className="font-normal text-subtle">{threads.length}</span>
        </button>
      </h2>
      {open && (
        <div id={`${id}-threads`} className="flex flex-col gap-px">
          {threads.length >= filterFrom && (
            <label className="relative mx-1 mb-1 flex items-center">
              <span className="sr-only">Filter archived threads</span>
              <Search className="absolute left-2 size-3.5 text-subtle" aria-hidden />
              <input
                type="search"
                value={query}
                onChange={(event) => setQuery(event.target.value)}
                onKeyDown={onKeyDown}
                placeholder="Filter"
                className="h-7 w-full rounded-md border border-control bg-surface pr-2 pl-7 text-sm placeholder:text-subtle pointer-coarse:h-10"
              />
            </label>
          )}
          {matches.slice(0, shownAtMost).map((thread) => (
            <ThreadRow key={thread.id} thread={thread} href={hrefOf(thread)} selected={thread.id === selectedId} />
          ))}
          <p role="status" className="px-2 py-1 text-subtle text-xs empty:hidden">
            {matches.length === 0
              ? "No archived thread matches"
              : matches.length > shownAtMost
                ? `${matches.length - shownAtMost} more: type to narrow down`
                : null}
          </p>
        </div>
      )}
    </section>
  );
}
