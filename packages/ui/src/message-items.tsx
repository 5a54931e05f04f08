"use client";
import { Brain, Pencil } from "lucide-react";
import { Avatar } from "./avatar.tsx";
import { Badge } from "./badge.tsx";
import { cn } from "./cn.ts";
import { Disclosure } from "./disclosure.tsx";
import { formatDuration, toMillis } from "./format.ts";
import { IconButton } from "./icon-button.tsx";
import { Markdown } from "./markdown.tsx";
import { RelativeTime } from "./relative-time.tsx";
import type { AgentMessageItem, ReasoningItem, UserMessageItem } from "./types.ts";

export type UserMessageViewProps = {
  item: UserMessageItem;
  /** It was taken in by a turn that ran already. */
  steered?: boolean;
  /** Absent when this prompt cannot be edited and sent again. */
  onEdit?: () => void;
};

export function UserMessageView({ item, steered, onEdit }: UserMessageViewProps) {
  const name = typeof item.author === "string" ? item.author : item.author.name;
  return (
    <article
      aria-label={`${name} ${steered ? "steered" : "asked"}`}
      className={cn(
        "group rounded-lg border border-line bg-canvas px-3.5 py-2.5 first:mt-0",
        steered ? "my-3 ml-6 border-l-2 border-l-accent-text" : "mt-6 mb-3",
      )}
    >
      <header className="mb-1 flex min-h-4 items-center gap-2 text-xs">
        <Avatar name={name} size={16} />
        <span className="font-medium">{name}</span>
        {steered && <span className="text-muted">steered</span>}
        <RelativeTime at={item.createdAt} className="text-subtle" />
        {onEdit && (
          <IconButton
            icon={Pencil}
            label="Edit and resend"
            size="sm"
            onClick={onEdit}
            className="-my-1 -mr-1.5 ml-auto opacity-0 focus-visible:opacity-100 group-hover:opacity-100 pointer-coarse:-my-3 pointer-coarse:opacity-100"
          />
        )}
      </header>
      <p className="whitespace-pre-wrap text-base [overflow-wrap:anywhere]">{item.text}</p>
    </article>
  );
}

export function AgentMessageView({ item }: { item: AgentMessageItem }) {
  // Nothing has come yet, or came before the connection was cut.
  if (item.text === "" && item.status !== "completed") return null;
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
