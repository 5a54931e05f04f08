"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { lazyPart } from "@heddle/ui/lazy-part";
import type { MenuPlace } from "@heddle/ui/menu-at";
import { type MouseEvent, type ReactNode, Suspense, useState } from "react";

const ThreadMenuAt = lazyPart(() => import("./thread-menu.tsx").then((module) => module.ThreadMenuAt));

/** A context menu for the rows of threads below an element: spread the handler onto it, and render the menu. */
export function useThreadContextMenu(threads: readonly ThreadView[] | undefined): {
  onContextMenu: (event: MouseEvent) => void;
  menu: ReactNode;
} {
  const [at, setAt] = useState<{ place: MenuPlace; threadId: string } | null>(null);
  const thread = at && threads?.find(({ id }) => id === at.threadId);

  function onContextMenu(event: MouseEvent) {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-thread-row]") : null;
    const threadId = row?.dataset.threadRow;
    if (!row || !threadId) return;
    event.preventDefault();
    const { left, top } = row.getBoundingClientRect();
    // From the keyboard the event has no place of its own.
    const [x, y] = event.clientX > 0 ? [event.clientX, event.clientY] : [left + 24, top + 24];
    setAt({ place: { x, y, row }, threadId });
  }

  return {
    onContextMenu,
    menu: (
      <Suspense>
        {thread && <ThreadMenuAt key={at.threadId} thread={thread} place={at.place} onClose={() => setAt(null)} />}
      </Suspense>
    ),
  };
}
