"use client";
import { Server } from "lucide-react";
import { Badge, type Tone } from "./badge.tsx";
import { Button } from "./button.tsx";
import { Link } from "./link.tsx";
import { RelativeTime } from "./relative-time.tsx";
import type { Instant, Person } from "./types.ts";

export type StuckAction = "open" | "interrupt" | "retry";

export type StuckThreadView = {
  threadId: string;
  /** Absent for somebody else's private thread. */
  title: string | null;
  project: { id: string; name: string };
  startedBy: Person;
  hostId: string | null;
  reason: string;
  message: string;
  since: Instant;
  /** The most helpful first. */
  actions: readonly StuckAction[];
};

export type StuckListProps = {
  threads: readonly StuckThreadView[];
  onAction: (thread: StuckThreadView, action: Exclude<StuckAction, "open">) => void;
  pending?: { threadId: string; action: StuckAction } | null;
  /** Why the last action did not work, by thread. */
  errors?: Record<string, string>;
};

const REASONS: Record<string, { tone: Tone; label: string }> = {
  noHost: { tone: "danger", label: "No worker" },
  hostDead: { tone: "danger", label: "Host dead" },
  notTaken: { tone: "warn", label: "Not taken" },
  noProgress: { tone: "warn", label: "No progress" },
  jobWaits: { tone: "warn", label: "Job waits" },
  waits: { tone: "strong", label: "Waits for a person" },
  failed: { tone: "danger", label: "Failed" },
};
const LABELS: Record<StuckAction, string> = { open: "Open", interrupt: "Stop the turn", retry: "Try again" };

/** Threads that do not get on: why, since when, and the button that helps. */
export function StuckList({ threads, onAction, pending, errors = {} }: StuckListProps) {
  return (
    <ul aria-label="Stuck threads" className="divide-y divide-line rounded-lg border border-line">
      {threads.map((thread) => {
        const { tone, label } = REASONS[thread.reason] ?? { tone: "neutral", label: thread.reason };
        const error = errors[thread.threadId];
        return (
          <li key={thread.threadId} className="flex flex-wrap items-start gap-x-3 gap-y-2 px-3 py-2.5 text-sm">
            <div className="min-w-0 flex-1 basis-72">
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <Badge tone={tone}>{label}</Badge>
                <span className="min-w-0 font-medium [overflow-wrap:anywhere]">{thread.title ?? "Private thread"}</span>
                <span className="text-subtle text-xs">
                  {thread.project.name} · {thread.startedBy.name} · <RelativeTime at={thread.since} />
                </span>
              </p>
              <p className="text-muted">{thread.message}</p>
              {thread.hostId && (
                <p className="flex items-center gap-1 text-subtle text-xs">
                  <Server className="size-3 shrink-0" aria-label="Host" />
                  <span className="truncate font-mono">{thread.hostId}</span>
                </p>
              )}
              {error && (
                <p role="alert" className="text-danger text-xs">
                  {error}
                </p>
              )}
            </div>
            <div className="flex flex-wrap gap-2">
              {thread.actions.map((action, index) =>
                action === "open" ? (
                  <Button key={action} size="sm" variant={index === 0 ? "secondary" : "ghost"} asChild>
                    <Link href={`/threads/${thread.threadId}`}>
                      Open<span className="sr-only"> {thread.title}</span>
                    </Link>
                  </Button>
                ) : (
                  <Button
                    key={action}
                    size="sm"
                    variant={index === 0 ? "secondary" : "ghost"}
                    pending={pending?.threadId === thread.threadId && pending.action === action}
                    onClick={() => onAction(thread, action)}
                  >
                    {LABELS[action]}
                    <span className="sr-only">: {thread.title}</span>
                  </Button>
                ),
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
