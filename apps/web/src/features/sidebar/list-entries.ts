import type { SidebarFilter } from "@heddle/db/sidebar.schema";
import { sortThreads } from "@heddle/ui/sort-threads";
import type { ThreadView } from "@heddle/ui/types";

type Project = { id: string };

/** What the list of the sidebar shows, one entry a row. */
export type ListEntry<P extends Project> =
  | { kind: "pinned"; row: ThreadView }
  | { kind: "heading"; text: string }
  | { kind: "project"; project: P; open: boolean; count: number }
  | { kind: "thread"; row: ThreadView }
  | { kind: "more"; project: P; count: number }
  | { kind: "empty"; project: P }
  | { kind: "nothing" };

export type ListState<P extends Project> = {
  projects: readonly P[];
  rows: readonly ThreadView[];
  pins: readonly string[];
  filter: SidebarFilter;
  /** Ids of projects that are folded, and of those shown with all their threads. */
  closed: readonly string[];
  unfolded: readonly string[];
  /** Of the reader. */
  userId: string | undefined;
  /** Of the open thread: it is never folded away. */
  threadId: string | undefined;
};

export const noFilter: SidebarFilter = { status: null, mine: false, projectId: null };

/** Threads that a project shows before it is asked for more. */
export const shownAtFirst = 12;

export function isFiltered({ status, mine, projectId }: SidebarFilter): boolean {
  return status !== null || mine || projectId !== null;
}

/** Pinned threads in their order, then each project with its threads; and the archived ones apart. */
export function listEntries<P extends Project>(
  state: ListState<P>,
): {
  entries: ListEntry<P>[];
  archived: ThreadView[];
} {
  const { projects, rows, pins, filter, closed, unfolded, threadId } = state;
  const filtered = isFiltered(filter);
  const shown = rows.filter((row) => passes(row, filter, state.userId));
  const active = shown.filter(({ status }) => status !== "archived");
  const pinned = pins.flatMap((id) => active.find((row) => row.id === id) ?? []);
  const others = sortThreads(active.filter(({ id }) => !pins.includes(id)));
  const entries: ListEntry<P>[] = pinned.map((row) => ({ kind: "pinned", row }));
  if (pinned.length > 0) entries.unshift({ kind: "heading", text: "Pinned" });

  for (const project of projects) {
    const own = others.filter(({ projectId }) => projectId === project.id);
    if (filtered && own.length === 0) continue;
    const open = filtered || !closed.includes(project.id);
    entries.push({ kind: "project", project, open, count: own.length });
    if (!open) continue;
    const all = filtered || unfolded.includes(project.id);
    const listed = all ? own : own.filter((row, index) => index < shownAtFirst || row.id === threadId);
    entries.push(...listed.map((row): ListEntry<P> => ({ kind: "thread", row })));
    if (listed.length < own.length) entries.push({ kind: "more", project, count: own.length - listed.length });
    if (own.length === 0) entries.push({ kind: "empty", project });
  }
  if (filtered && active.length === 0) entries.push({ kind: "nothing" });
  const archived = filter.status === null ? shown.filter(({ status }) => status === "archived") : [];
  return { entries, archived: sortThreads(archived) };
}

function passes(row: ThreadView, { status, mine, projectId }: SidebarFilter, userId: string | undefined): boolean {
  if (projectId !== null && row.projectId !== projectId) return false;
  if (mine && row.startedBy.id !== userId) return false;
  return status === null || row.status === status;
}

/** The pins once one of them is put at another place. @param to the place among all, from 0 */
export function movePin(pins: readonly string[], id: string, to: number): string[] {
  return pins.filter((pin) => pin !== id).toSpliced(Math.max(0, to), 0, id);
}
