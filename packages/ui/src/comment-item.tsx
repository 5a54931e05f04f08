"use client";
import { MessageSquare, Trash2 } from "lucide-react";
import { Avatar } from "./avatar.tsx";
import { cn } from "./cn.ts";
import { IconButton } from "./icon-button.tsx";
import { splitMentions } from "./mentions.ts";
import { RelativeTime } from "./relative-time.tsx";
import type { CommentItem } from "./types.ts";

export type CommentItemViewProps = {
  item: CommentItem;
  /** The reader: a mention of theirs stands out. */
  me?: string;
  /** Absent when this reader may not take it away. */
  onRemove?: () => void;
};

/** A person's word to others, apart from what the agent is told. */
export function CommentItemView({ item, me, onRemove }: CommentItemViewProps) {
  const { author, text, mentions, removed, createdAt } = item;
  if (removed) {
    return (
      <p className="flex min-h-7 items-center gap-2 px-1.5 text-muted text-sm">
        <MessageSquare className="size-3.5 text-subtle" aria-hidden /> {author.name} commented; the comment was deleted.
      </p>
    );
  }
  const mentioned = mentions.some(({ id }) => id === me);
  return (
    <article
      aria-label={`${author.name} commented`}
      className={cn(
        "group my-2 rounded-r-lg border-l-2 bg-sunken px-3 py-2",
        mentioned ? "border-l-accent-text" : "border-l-line-strong",
      )}
    >
      <header className="mb-0.5 flex min-h-4 items-center gap-2 text-xs">
        <Avatar name={author.name} size={16} />
        <span className="font-medium">{author.name}</span>
        <span className="flex items-center gap-1 text-muted">
          <MessageSquare className="size-3" aria-hidden /> commented
        </span>
        <RelativeTime at={createdAt} className="text-subtle" />
        {onRemove && (
          <IconButton
            icon={Trash2}
            label="Delete the comment"
            size="sm"
            onClick={onRemove}
            className="-my-1 -mr-1 ml-auto opacity-0 focus-visible:opacity-100 group-hover:opacity-100 pointer-coarse:-my-3 pointer-coarse:opacity-100"
          />
        )}
      </header>
      <p className="whitespace-pre-wrap text-sm [overflow-wrap:anywhere]">
        {splitMentions(text, mentions).map(({ text: part, person }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other name
          <Part key={index} text={part} tone={person && (person.id === me ? "me" : "other")} />
        ))}
      </p>
    </article>
  );
}

function Part({ text, tone }: { text: string; tone: "me" | "other" | undefined }) {
  if (!tone) return text;
  return (
    <span className={cn("rounded-sm px-0.5 font-medium text-accent-text", tone === "me" && "bg-accent-soft")}>
      {text}
    </span>
  );
}
