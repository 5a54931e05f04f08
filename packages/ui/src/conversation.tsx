"use client";
import { ArrowDown } from "lucide-react";
import { type ReactNode, useMemo, useRef } from "react";
import { ConversationRows } from "./conversation-rows.tsx";
import { foldItems } from "./fold-items.ts";
import type { ItemActions } from "./item-view.tsx";
import type { Item } from "./types.ts";
import { useStickToEnd } from "./use-stick-to-end.ts";

export type ConversationProps = ItemActions & {
  /** In order of creation. Keep unchanged items identical between renders. */
  items: readonly Item[];
  /** Turns that an edited prompt has replaced: folded away. */
  replaced?: ReadonlySet<string>;
  /** After the last item: the running turn, queued prompts. */
  tail?: ReactNode;
  /** After a turn's last item, e.g. what it changed. */
  turnFooter?: (turnId: string) => ReactNode;
  /** Said to screen readers when it changes: "The agent is working", never tokens. */
  announcement?: string;
  /** Shown when there are no items and no tail. */
  empty?: ReactNode;
};

/** A thread as a document. Scrolls with what is new only while the reader is at its end. */
export function Conversation(props: ConversationProps) {
  const { items, replaced, tail, turnFooter, announcement = "", empty, ...actions } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => foldItems(items, replaced), [items, replaced]);
  const last = items.at(-1);
  const lastWord = items.findLast(isOfTurn);
  const { unseen, scrollToEnd } = useStickToEnd(scroller, content, `${items.length}:${last?.id}:${last?.status}`);

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label="Conversation"
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain outline-offset-[-2px] [scrollbar-gutter:stable] [scrollbar-width:thin]"
      >
        <div ref={content} className="mx-auto min-h-full max-w-[47.5rem] px-4 py-5">
          <ConversationRows rows={rows} actions={actions} retryableId={lastWord?.id} turnFooter={turnFooter} />
          {tail}
        </div>
      </div>
      {rows.length === 0 && !tail && <div className="absolute inset-0">{empty}</div>}
      {unseen && (
        <button
          type="button"
          onClick={scrollToEnd}
          className="absolute bottom-3 left-1/2 flex h-7 -translate-x-1/2 animate-appear items-center gap-1.5 rounded-full border border-line-strong bg-raised px-3 font-medium text-accent-text text-xs shadow-pop pointer-coarse:h-10"
        >
          <ArrowDown className="size-3.5" aria-hidden /> New below
        </button>
      )}
      <p role="status" className="sr-only">
        {announcement}
      </p>
    </div>
  );
}

/** Notices, comments and the log of a dev server may come after a failure and change nothing about it. */
function isOfTurn(item: Item): boolean {
  return (
    item.type !== "notice" && item.type !== "comment" && !(item.type === "commandExecution" && item.purpose === "dev")
  );
}
