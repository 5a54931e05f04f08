"use client";
import { EmptyState } from "@heddle/ui/empty-state";
import { SearchResult } from "@heddle/ui/search-result";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Search, SearchX } from "lucide-react";
import { type KeyboardEvent, useEffect, useState } from "react";
import { FailureState } from "../shell/failure-state.tsx";
import { Screen } from "../shell/screen.tsx";
import { useTRPC } from "../shell/trpc.ts";
import { setAddress } from "../shell/use-address.ts";
import { useThreadRows } from "../threads/use-thread-rows.ts";
import { SearchFilters } from "./search-filters.tsx";
import { useSearchAddress } from "./use-search-address.ts";
import { useSettled } from "./use-settled.ts";

/** Threads by what was said in them; the address holds what was looked for. */
export function SearchScreen() {
  const asked = useSearchAddress();
  const [text, setText] = useState(asked.query);
  const query = useSettled(text);
  useEffect(() => setAddress({ q: query || null }), [query]);
  return (
    <Screen title="Search">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only moves the focus between the links inside */}
      <div onKeyDown={moveFocus} className="flex min-h-0 flex-1 flex-col">
        <div className="mx-auto flex w-full max-w-[47.5rem] shrink-0 flex-col gap-2 px-4 pt-4 pb-3">
          <label className="relative flex items-center">
            <span className="sr-only">Search threads</span>
            <Search className="absolute left-3 size-4 text-subtle" aria-hidden />
            <input
              type="search"
              data-search-field=""
              // biome-ignore lint/a11y/noAutofocus: on a page whose one purpose is to search
              autoFocus
              value={text}
              maxLength={1_000}
              onChange={(event) => setText(event.target.value)}
              placeholder="Titles, prompts and answers"
              className="h-10 w-full rounded-lg border border-control bg-raised pr-3 pl-9 text-base placeholder:text-subtle"
            />
          </label>
          <SearchFilters asked={asked} />
        </div>
        <Results query={query} filter={asked.filter} />
      </div>
    </Screen>
  );
}

type ResultsProps = { query: string; filter: ReturnType<typeof useSearchAddress>["filter"] };

function Results({ query, filter }: ResultsProps) {
  const trpc = useTRPC();
  const projects = useQuery(trpc.projects.list.queryOptions()).data;
  const input = { query, limit: 50, ...filter };
  const found = useQuery(trpc.search.threads.queryOptions(input, { placeholderData: keepPreviousData }));
  const rows = useThreadRows(found.data?.hits.map(({ thread }) => thread));
  if (found.isError) {
    return <FailureState title="The search did not work" error={found.error} onRetry={found.refetch} />;
  }
  if (!found.data || !rows) {
    return <SkeletonRows rows={10} label="Searching" className="mx-auto w-full max-w-[47.5rem] px-7" />;
  }
  if (rows.length === 0) {
    return (
      <EmptyState icon={SearchX} title={query ? `Nothing found for “${query}”` : "No threads match the filters"}>
        {query
          ? "Every word must be there. Put words in quotes to find them next to each other; a minus leaves a word out."
          : "Choose other filters, or look for words."}
      </EmptyState>
    );
  }
  const { hits, more } = found.data;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <ol aria-label="Threads found" className="mx-auto flex max-w-[47.5rem] flex-col gap-px px-1 pb-6 sm:px-4">
        {hits.map(({ thread, ...hit }, index) => {
          const row = rows[index];
          const project = projects?.find(({ id }) => id === thread.projectId)?.name ?? "";
          return (
            row && (
              <li key={thread.id}>
                <SearchResult thread={row} href={`/threads/${thread.id}`} project={project} {...hit} />
              </li>
            )
          );
        })}
      </ol>
      <p role="status" className="pb-6 text-center text-subtle text-xs empty:hidden">
        {more ? "More threads match: add words to narrow down" : null}
      </p>
    </div>
  );
}

function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const from = document.activeElement;
  if (step === undefined || !from?.matches("[data-search-field], [data-search-result]")) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-search-field], [data-search-result]")];
  const next = stops[stops.indexOf(from as HTMLElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
