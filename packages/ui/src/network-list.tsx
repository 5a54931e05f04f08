"use client";
import { Ban, CircleCheck } from "lucide-react";
import { Badge } from "./badge.tsx";
import { Button } from "./button.tsx";
import { explainRefusal } from "./explain-refusal.ts";
import { RelativeTime } from "./relative-time.tsx";
import type { Instant } from "./types.ts";

export type NetworkDecisionView = {
  id: string;
  at: Instant;
  /** Which list decided. */
  list: "commands" | "setup";
  host: string;
  port: number;
  allowed: boolean;
  /** Why it was refused: a stable code. */
  reason: string | null;
};

/** Consecutive decisions that are alike, the newest of them and how many they are. */
export type FoldedDecision = NetworkDecisionView & { count: number };

export type NetworkListProps = {
  decisions: readonly FoldedDecision[];
  /** Offered for a host that is refused because nobody has allowed it. */
  onAllow?: (decision: NetworkDecisionView) => void;
  /** What is being allowed. */
  allowing?: { host: string; port: number } | null;
  /** Whether the host was allowed since. */
  isAllowed: (decision: NetworkDecisionView) => boolean;
  /** Absent when there are no more. */
  onLoadMore?: () => void;
  loadingMore?: boolean;
};

/** What a thread's commands wanted to reach, newest first, and what became of it. */
export function NetworkList(props: NetworkListProps) {
  const { decisions, onAllow, allowing, isAllowed, onLoadMore, loadingMore } = props;
  return (
    <>
      <ul aria-label="Connections" className="divide-y divide-line">
        {decisions.map((decision) => (
          <li key={decision.id} className="flex flex-wrap items-start gap-2 py-1.5 text-sm sm:flex-nowrap">
            {decision.allowed ? (
              <CircleCheck className="mt-1 size-3.5 shrink-0 text-success" role="img" aria-label="Allowed" />
            ) : (
              <Ban className="mt-1 size-3.5 shrink-0 text-danger" role="img" aria-label="Refused" />
            )}
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap items-center gap-x-2">
                <span className="font-mono text-xs leading-5 [overflow-wrap:anywhere]">
                  {decision.host}
                  <span className="text-subtle">:{decision.port}</span>
                </span>
                {decision.list === "setup" && <Badge>Setup</Badge>}
                {decision.count > 1 && <span className="text-subtle text-xs">{decision.count} times</span>}
              </p>
              {!decision.allowed && <p className="text-muted text-xs">{explainRefusal(decision.reason)}</p>}
            </div>
            <RelativeTime at={decision.at} className="shrink-0 text-subtle text-xs leading-5 sm:order-1" />
            {onAllow && canAllow(decision) && (
              <Allow
                done={isAllowed(decision)}
                pending={allowing?.host === decision.host && allowing.port === decision.port}
                onAllow={() => onAllow(decision)}
              />
            )}
          </li>
        ))}
      </ul>
      {onLoadMore && (
        <Button size="sm" onClick={onLoadMore} pending={loadingMore} className="mt-2 self-center">
          Show older
        </Button>
      )}
    </>
  );
}

function Allow({ done, pending, onAllow }: { done: boolean; pending: boolean; onAllow: () => void }) {
  if (done)
    return <span className="shrink-0 text-success text-xs leading-5 max-sm:w-full max-sm:pl-5.5">Allowed now</span>;
  return (
    <div className="-my-0.5 max-sm:w-full max-sm:pl-5.5">
      <Button size="sm" onClick={onAllow} pending={pending}>
        Allow for this project
      </Button>
    </div>
  );
}

/** Private addresses and the like are refused whatever the list says. */
function canAllow({ allowed, reason, list }: NetworkDecisionView): boolean {
  return !allowed && list === "commands" && reason === "HOST_NOT_ALLOWED";
}

/** Decisions in order, with each run of alike ones as one: programs try again and again. */
export function foldDecisions(decisions: readonly NetworkDecisionView[]): FoldedDecision[] {
  const folded: FoldedDecision[] = [];
  for (const decision of decisions) {
    const last = folded.at(-1);
    if (last && alike(last, decision)) last.count += 1;
    else folded.push({ ...decision, count: 1 });
  }
  return folded;
}

function alike(a: NetworkDecisionView, b: NetworkDecisionView): boolean {
  return a.host === b.host && a.port === b.port && a.list === b.list && a.reason === b.reason;
}
