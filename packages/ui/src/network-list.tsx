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

export type NetworkListProps = {
  decisions: readonly NetworkDecisionView[];
  /** Offered for a host that is refused because nobody has allowed it. */
  onAllow?: (decision: NetworkDecisionView) => void;
  /** The host that is being allowed. */
  allowing?: string | null;
  /** Hosts that were allowed since. */
  allowedSince?: ReadonlySet<string>;
  /** Absent when there are no more. */
  onLoadMore?: () => void;
  loadingMore?: boolean;
};

/** What a thread's commands wanted to reach, newest first, and what became of it. */
export function NetworkList(props: NetworkListProps) {
  const { decisions, onAllow, allowing, allowedSince, onLoadMore, loadingMore } = props;
  return (
    <>
      <ul aria-label="Connections" className="divide-y divide-line">
        {decisions.map((decision) => (
          <li key={decision.id} className="flex items-start gap-2 py-1.5 text-sm">
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
              </p>
              {!decision.allowed && <p className="text-muted text-xs">{explainRefusal(decision.reason)}</p>}
            </div>
            {onAllow && canAllow(decision) && (
              <Allow
                done={allowedSince?.has(decision.host)}
                pending={allowing === decision.host}
                onAllow={() => onAllow(decision)}
              />
            )}
            <RelativeTime at={decision.at} className="shrink-0 text-subtle text-xs leading-5" />
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

function Allow({ done, pending, onAllow }: { done?: boolean; pending: boolean; onAllow: () => void }) {
  if (done) return <span className="shrink-0 text-success text-xs leading-5">Allowed now</span>;
  return (
    <Button size="sm" onClick={onAllow} pending={pending} className="-my-0.5">
      Allow for this project
    </Button>
  );
}

/** Private addresses and the like are refused whatever the list says. */
function canAllow({ allowed, reason, list }: NetworkDecisionView): boolean {
  return !allowed && list === "commands" && reason === "HOST_NOT_ALLOWED";
}
