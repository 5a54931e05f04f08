"use client";
import { Brain, RotateCw, TriangleAlert } from "lucide-react";
import { Avatar } from "./avatar.tsx";
import { Badge } from "./badge.tsx";
import { Button } from "./button.tsx";
import { Disclosure } from "./disclosure.tsx";
import { formatDuration, toMillis } from "./format.ts";
import { Markdown } from "./markdown.tsx";
import { RelativeTime } from "./relative-time.tsx";
import type { AgentMessageItem, ErrorItem, ReasoningItem, UserMessageItem } from "./types.ts";

export function UserMessageView({ item }: { item: UserMessageItem }) {
  const name = typeof item.author === "string" ? item.author : item.author.name;
  return (
    <article
      aria-label={`${name} asked`}
      className="mt-6 mb-3 rounded-lg border border-line bg-canvas px-3.5 py-2.5 first:mt-0"
    >
      <header className="mb-1 flex items-center gap-2 text-xs">
        <Avatar name={name} size={16} />
        <span className="font-medium">{name}</span>
        <RelativeTime at={item.createdAt} className="text-subtle" />
      </header>
      <p className="whitespace-pre-wrap text-base [overflow-wrap:anywhere]">{item.text}</p>
    </article>
  );
}

export function AgentMessageView({ item }: { item: AgentMessageItem }) {
  if (item.text === "" && item.status === "running") return null;
  return (
    <article aria-label={`Answer of ${item.model}`} className="my-2 px-1.5">
      <Markdown text={item.text} streaming={item.status === "running"} />
      {item.status === "interrupted" && (
        <Badge tone="warn" className="mt-1">
          Cut off
        </Badge>
      )}
    </article>
  );
}

export function ReasoningView({ item }: { item: ReasoningItem }) {
  const running = item.status === "running";
  const ms = item.completedAt ? toMillis(item.completedAt) - toMillis(item.createdAt) : 0;
  return (
    <Disclosure
      icon={Brain}
      label="Reasoning"
      tone={running ? "active" : "plain"}
      summary={running ? "Thinking" : ms >= 1000 ? `Thought for ${formatDuration(ms)}` : "Thought"}
    >
      {() => (
        <div className="border-line border-l pl-3 text-muted">
          <Markdown text={item.text} streaming={running} />
        </div>
      )}
    </Disclosure>
  );
}

export type ErrorItemViewProps = { item: ErrorItem; onRetry?: () => void; retrying?: boolean };

export function ErrorItemView({ item, onRetry, retrying }: ErrorItemViewProps) {
  return (
    <div className="my-2 flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg border border-danger/30 bg-danger-soft px-3 py-2.5">
      <TriangleAlert className="mt-0.5 size-4 shrink-0 text-danger" role="img" aria-label="Error" />
      <div className="min-w-0 flex-1 basis-48">
        <p className="text-fg text-sm [overflow-wrap:anywhere]">{item.message}</p>
        <p className="font-mono text-muted text-xs">{item.code}</p>
      </div>
      {onRetry && (
        <Button size="sm" onClick={onRetry} pending={retrying}>
          <RotateCw aria-hidden /> Try again
        </Button>
      )}
    </div>
  );
}
