"use client";
import { ArchivedThreads } from "@heddle/ui/archived-threads";
import { Button } from "@heddle/ui/button";
import { PinnedRow } from "@heddle/ui/pinned-row";
import { ThreadRow } from "@heddle/ui/thread-row";
import type { ThreadView } from "@heddle/ui/types";
import { useStored } from "@heddle/ui/use-stored";
import { VirtualRows } from "@heddle/ui/virtual-rows";
import { useParams } from "next/navigation";
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Outputs } from "../shell/trpc.ts";
import { useWorkspace } from "../shell/use-workspace.ts";
import { type ListEntry, listEntries, movePin } from "./list-entries.ts";
import { ProjectEntry } from "./project-entry.tsx";
import { useSidebarView } from "./use-sidebar-view.ts";

type Project = Outputs["projects"]["list"][number];
type Entry = ListEntry<Project>;
type ThreadListProps = {
  projects: readonly Project[];
  rows: readonly ThreadView[];
  scroller: RefObject<HTMLElement | null>;
};

/** Pinned threads, then the projects with theirs. Arrow keys move between the rows. */
export function ThreadList({ projects, rows, scroller }: ThreadListProps) {
  const { threadId } = useParams<{ threadId?: string }>();
  const userId = useWorkspace().data?.me.id;
  const [closed, setClosed] = useStored<string[]>("heddle-closed-projects", []);
  const [unfolded, setUnfolded] = useState<readonly string[]>([]);
  const [archivedOpen, setArchivedOpen] = useStored("heddle-archived-open", false);
  const { pins, filter, change } = useSidebarView();
  const [moved, setMoved] = useState("");
  const focusAfter = useRef<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const { entries, archived } = listEntries({ projects, rows, pins, filter, closed, unfolded, userId, threadId });
  const pinned = entries.flatMap((entry) => (entry.kind === "pinned" ? [entry.row.id] : []));

  useLayoutEffect(() => {
    if (focusAfter.current === null) return;
    list.current?.querySelector<HTMLElement>(focusAfter.current)?.focus();
    focusAfter.current = null;
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter shows another list, from its beginning
  useEffect(() => {
    scroller.current?.scrollTo(0, 0);
  }, [filter]);

  /** @param to the place among the pinned threads that are shown, from 0 */
  function move(id: string, to: number) {
    if (to < 0 || to >= pinned.length) return;
    const grip = document.activeElement?.hasAttribute("data-grip");
    focusAfter.current = `[data-${grip ? "grip" : "thread-row"}="${CSS.escape(id)}"]`;
    setMoved(`Moved to place ${to + 1} of ${pinned.length}`);
    change({ pins: movePin(pinned, id, to) });
  }

  function drop(id: string, target: string, edge: "top" | "bottom") {
    const at = pinned.filter((pin) => pin !== id).indexOf(target);
    move(id, edge === "top" ? at : at + 1);
  }

  function render(entry: Entry) {
    switch (entry.kind) {
      case "heading":
        return <h2 className="px-4 py-2 font-medium text-subtle text-xs">{entry.text}</h2>;
      case "pinned":
        return (
          <div className="px-2 pb-px">
            <PinnedRow
              {...link(entry.row, threadId)}
              onMove={(step) => move(entry.row.id, pinned.indexOf(entry.row.id) + step)}
              onDrop={(id, edge) => drop(id, entry.row.id, edge)}
            />
          </div>
        );
      case "project":
        return (
          <ProjectEntry
            {...entry}
            onOpenChange={(open) => {
              const others = closed.filter((id) => id !== entry.project.id);
              setClosed(open ? others : [...others, entry.project.id]);
            }}
          />
        );
      case "thread":
        return (
          <div className="px-2 pb-px">
            <ThreadRow {...link(entry.row, threadId)} />
          </div>
        );
      case "more":
        return (
          <Button
            size="sm"
            variant="ghost"
            onClick={() => setUnfolded([...unfolded, entry.project.id])}
            className="mx-2 justify-start pl-7.5"
          >
            Show {entry.count} more
          </Button>
        );
      case "empty":
        return entry.project.status === "ready" && <p className="px-9.5 py-1 text-subtle text-xs">No threads</p>;
      case "nothing":
        return <p className="px-4 py-2 text-muted text-sm">No thread passes the filter.</p>;
    }
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only moves the focus between the links inside
    <div ref={list} onKeyDown={moveFocus} className="pb-2">
      <VirtualRows rows={entries} scroller={scroller} keyOf={keyOf} estimate={heightOf} render={render} />
      {archived.length > 0 && (
        <div className="pt-2">
          <ArchivedThreads
            threads={archived}
            of="all projects"
            open={archivedOpen}
            onOpenChange={setArchivedOpen}
            selectedId={threadId}
            hrefOf={({ id }) => `/threads/${id}`}
          />
        </div>
      )}
      <p role="status" className="sr-only">
        {moved}
      </p>
    </div>
  );
}

function link(thread: ThreadView, threadId: string | undefined) {
  return { thread, href: `/threads/${thread.id}`, selected: thread.id === threadId };
}

function keyOf(entry: Entry): string {
  if ("row" in entry) return entry.row.id;
  return "project" in entry ? `${entry.kind}-${entry.project.id}` : entry.kind;
}

function heightOf(entry: Entry): number {
  return "row" in entry ? 51 : 32;
}

function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || event.altKey) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-thread-row]")];
  const next = rows[rows.indexOf(document.activeElement as HTMLElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
