"use client";
import { History } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { Disclosure } from "./disclosure.tsx";
import type { Row } from "./fold-items.ts";
import { type ItemActions, ItemView } from "./item-view.tsx";
import { LooksRow } from "./looks-row.tsx";

export type ConversationRowsProps = {
  rows: readonly Row[];
  actions: ItemActions;
  /** The item whose failure can be tried again. */
  retryableId?: string;
  turnFooter?: (turnId: string) => ReactNode;
};

/** The rows of a conversation, each turn with its footer. */
export function ConversationRows({ rows, actions, retryableId, turnFooter }: ConversationRowsProps) {
  return rows.map((row, index) => {
    if (row.kind === "replaced") return <ReplacedTurns key={row.id} row={row} actions={actions} />;
    const turnId = turnOf(row);
    const next = rows[index + 1];
    return (
      <Fragment key={row.kind === "looks" ? `looks:${row.id}` : row.item.id}>
        {row.kind === "looks" ? (
          <LooksRow items={row.items} outputHref={actions.outputHref} />
        ) : (
          <ItemView item={row.item} retryable={row.item.id === retryableId} {...actions} />
        )}
        {(!next || turnOf(next) !== turnId) && turnFooter?.(turnId)}
      </Fragment>
    );
  });
}

/** What was said before a prompt was edited: out of the conversation, but there to be read. */
function ReplacedTurns({ row, actions }: { row: Row & { kind: "replaced" }; actions: ItemActions }) {
  const { renderDiff, outputHref } = actions;
  const what = row.turns === 1 ? "An earlier turn" : `${row.turns} earlier turns`;
  return (
    <div className="my-2">
      <Disclosure icon={History} label="Earlier" summary={`${what}, replaced by an edited prompt`}>
        {() => (
          <div className="border-line-strong border-l-2 pl-3">
            <ConversationRows rows={row.rows} actions={{ renderDiff, outputHref }} />
          </div>
        )}
      </Disclosure>
    </div>
  );
}

function turnOf(row: Row): string {
  if (row.kind === "replaced") return row.id;
  return row.kind === "looks" ? (row.items[0]?.turnId ?? "") : row.item.turnId;
}
