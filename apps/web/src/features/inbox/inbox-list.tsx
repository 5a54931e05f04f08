"use client";
import type { InboxListView } from "@heddle/db/inbox.schema";
import { InboxRow } from "@heddle/ui/inbox-row";
import type { MenuPlace } from "@heddle/ui/menu-at";
import { useShortcuts } from "@heddle/ui/use-shortcuts";
import { useRef, useState } from "react";
import { useWorkspace } from "../shell/use-workspace.ts";
import { HandOnDialog } from "./hand-on-dialog.tsx";
import { InboxMenu } from "./inbox-menu.tsx";
import { hrefOf, type InboxItem } from "./use-inbox.ts";
import type { useInboxActions } from "./use-inbox-actions.ts";

type Asked = { id: string; what: "menu" | "snooze"; place: MenuPlace } | { id: string; what: "handOn" };

type InboxListProps = {
  view: InboxListView;
  items: InboxItem[];
  actions: ReturnType<typeof useInboxActions>;
};

const rowOf = (id: string) => document.querySelector<HTMLElement>(`[data-inbox-item="${id}"]`);

/** The rows, walked with j and k; the selected one is the one with the focus. */
export function InboxList({ view, items, actions }: InboxListProps) {
  const me = useWorkspace().data?.me.id;
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const returnTo = useRef<HTMLElement>(null);
  const index = items.findIndex(({ id }) => id === selectedId);
  const selected = items[index];
  const askedFor = items.find(({ id }) => id === asked?.id);

  function move(by: 1 | -1) {
    const next = items[index === -1 ? 0 : Math.max(0, Math.min(items.length - 1, index + by))];
    if (next) rowOf(next.id)?.focus();
  }

  /** The item is about to go: its neighbour takes the focus. */
  function leave(item: InboxItem) {
    const at = items.indexOf(item);
    const next = items[at + 1] ?? items[at - 1];
    const row = next ? rowOf(next.id) : null;
    // A menu gives the focus to its row as it closes.
    if (row && asked && asked.what !== "handOn") asked.place.row = row;
    setAsked(null);
    row?.focus();
    return row;
  }

  function finish(item: InboxItem | undefined) {
    if (!item || item.endedAt !== null) return;
    leave(item);
    actions.done(item);
  }

  function ask(what: "menu" | "snooze" | "handOn", item: InboxItem | undefined) {
    const row = item && rowOf(item.id);
    if (!row || (item.endedAt !== null && what !== "menu")) return;
    returnTo.current = row;
    const { left, bottom } = row.getBoundingClientRect();
    setAsked(
      what === "handOn" ? { id: item.id, what } : { id: item.id, what, place: { x: left + 160, y: bottom, row } },
    );
  }

  function toggleClaim() {
    if (!selected || selected.endedAt !== null) return;
    if (selected.claimedBy?.id === me) actions.release(selected);
    else actions.claim(selected);
  }

  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    arrowdown: () => move(1),
    arrowup: () => move(-1),
    e: () => finish(selected),
    s: () => ask("snooze", selected),
    m: () => ask("menu", selected),
    h: () => ask("handOn", selected),
    c: toggleClaim,
    u: () => selected && view !== "open" && !selected.resolved && actions.reopen(selected),
  });

  return (
    <>
      <ul aria-label="Inbox" className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        {items.map((item) => (
          <InboxRow
            key={item.id}
            item={item}
            href={hrefOf(item)}
            selected={item.id === selectedId}
            me={me}
            onSelect={setSelectedId}
            onMenu={(id, place) => setAsked({ id, what: "menu", place })}
          />
        ))}
      </ul>
      {asked && askedFor && asked.what !== "handOn" && (
        <InboxMenu
          key={asked.id}
          item={askedFor}
          place={asked.place}
          snoozing={asked.what === "snooze"}
          me={me}
          actions={actions}
          onDone={() => finish(askedFor)}
          onSnooze={(until) => {
            leave(askedFor);
            actions.snooze(askedFor, until);
          }}
          onHandOn={() => ask("handOn", askedFor)}
          onClose={() => setAsked(null)}
        />
      )}
      {asked?.what === "handOn" && askedFor && (
        <HandOnDialog
          item={askedFor}
          returnFocus={returnTo}
          onClose={() => setAsked(null)}
          onHandOn={(to) => {
            returnTo.current = leave(askedFor);
            actions.handOn(askedFor, to);
          }}
        />
      )}
    </>
  );
}
