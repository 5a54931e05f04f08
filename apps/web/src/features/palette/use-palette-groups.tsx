import type { PaletteEntry, PaletteGroup } from "@heddle/ui/command-palette";
import { type Ranked, rankMatches } from "@heddle/ui/rank-matches";
import { sortThreads } from "@heddle/ui/sort-threads";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { useParams } from "next/navigation";
import { useDeferredValue, useMemo } from "react";
import { useSettled } from "../search/use-settled.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useCan } from "../shell/use-workspace.ts";
import { useThreadRows } from "../threads/use-thread-rows.ts";
import { useEntryMakers } from "./use-entry-makers.tsx";

const shown = { threads: 8, files: 8, found: 5, others: 5 };
const shortestSearch = 2;
/** Without a query: where one was last, and a few actions. */
const shownAtFirst = 6;

type Found = PaletteGroup & { score: number };

/** What the palette offers for a query: matches by group, the group with the best match first. */
export function usePaletteGroups(query: string, open: boolean): { groups: PaletteGroup[]; busy: boolean } {
  const trpc = useTRPC();
  const { threadId } = useParams<{ threadId?: string }>();
  const makers = useEntryMakers();
  const words = useDeferredValue(query.trim());
  const threads = useThreadRows(useQuery(trpc.threads.listAll.queryOptions()).data);
  const projects = useQuery(trpc.projects.list.queryOptions()).data;
  const canSeeMembers = useCan("member.read");
  const members = useQuery(trpc.members.list.queryOptions(undefined, { enabled: open && canSeeMembers })).data;
  const ofThread = open && threadId !== undefined ? { threadId } : skipToken;
  const files = useQuery(trpc.threads.files.queryOptions(ofThread)).data?.files;
  const foundFiles = useMemo(
    () => (words && files ? rankMatches(words, files, (path) => path, shown.files) : []),
    [words, files],
  );

  const settled = useSettled(query);
  const input =
    open && settled.length >= shortestSearch ? { query: settled, limit: shown.found + shown.threads } : skipToken;
  const found = useQuery(trpc.search.threads.queryOptions(input, { placeholderData: keepPreviousData }));
  const busy = settled !== query.trim() || found.isFetching;

  if (!open) return { groups: [], busy: false };
  const many = words ? shown.others : shownAtFirst;
  const byTime = sortThreads(threads ?? []);
  const first = [
    group("Threads", rankMatches(words, byTime, textOfThread, words ? shown.threads : shownAtFirst), makers.thread),
    group("Actions", rankMatches(words, makers.actions, labelOf, many), makers.action),
    group("Go to", rankMatches(words, makers.places, labelOf, many), makers.place),
  ];
  if (!words) return { groups: first.filter(hasEntries), busy };
  const said = found.data?.hits.filter(({ place }) => place !== "title").slice(0, shown.found) ?? [];
  const conversations = { title: "In conversations", entries: [...said.map(makers.found), makers.searchFor(words)] };
  const named = [
    ...first,
    group("Files of this thread", foundFiles, makers.file),
    group(
      "Projects",
      rankMatches(words, projects ?? [], ({ name }) => name, many),
      makers.project,
    ),
    group("Members", rankMatches(words, members ?? [], textOfMember, many), makers.member),
  ]
    .filter(hasEntries)
    .sort((a, b) => b.score + weightOf(b) - a.score - weightOf(a));
  return { groups: [...named, conversations], busy };
}

function group<T>(title: string, ranked: Ranked<T>[], make: (entry: T) => PaletteEntry): Found {
  return { title, entries: ranked.map(({ entry }) => make(entry)), score: ranked[0]?.score ?? 0 };
}

/** Of equal matches, a thread is what is looked for most. */
const weightOf = ({ title }: Found) => (title === "Threads" ? 1 : 0);
const labelOf = ({ label }: { label: string }) => label;
const textOfThread = ({ title, branch }: { title: string; branch: string }) => `${title} ${branch}`;
/** Everybody's address may have the same end. */
const textOfMember = ({ name, email }: { name: string; email: string | null }) =>
  `${name} ${email?.split("@")[0] ?? ""}`;
const hasEntries = ({ entries }: Found) => entries.length > 0;
