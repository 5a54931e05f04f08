"use client";
import { Folder } from "lucide-react";
import { Avatar } from "./avatar.tsx";
import { plural } from "./format.ts";
import { Link } from "./link.tsx";
import { MarkedPassage, type PassagePart } from "./marked-passage.tsx";
import { RelativeTime } from "./relative-time.tsx";
import { StatusDot } from "./status-dot.tsx";
import type { ThreadView } from "./types.ts";

export type SearchResultProps = {
  thread: ThreadView;
  href: string;
  project: string;
  place: "title" | "prompt" | "answer";
  passage: readonly PassagePart[];
  /** Prompts and answers that match. */
  matches: number;
};

/** A thread that was found, with the passage for which it was. */
export function SearchResult({ thread, href, project, place, passage, matches }: SearchResultProps) {
  return (
    <Link
      href={href}
      data-search-result=""
      className="flex flex-col gap-1 rounded-md px-3 py-2 outline-offset-[-2px] hover:bg-hover"
    >
      <span className="flex min-w-0 items-center gap-2">
        <StatusDot status={thread.status} unread={thread.unread} />
        <span className="min-w-0 flex-1 truncate font-medium text-sm">
          {place === "title" ? <MarkedPassage parts={passage} /> : thread.title}
        </span>
        <RelativeTime at={thread.updatedAt} className="shrink-0 text-subtle text-xs" />
      </span>
      {place !== "title" && (
        <span className="line-clamp-2 pl-5.5 text-muted text-sm [overflow-wrap:anywhere]">
          <span className="text-subtle">{place === "prompt" ? "Asked: " : "Answered: "}</span>
          <MarkedPassage parts={passage} />
        </span>
      )}
      <span className="flex min-w-0 items-center gap-3 pl-5.5 text-subtle text-xs">
        <span className="flex min-w-0 items-center gap-1">
          <Folder className="size-3 shrink-0" aria-label="Project" />
          <span className="truncate">{project}</span>
        </span>
        <span className="flex min-w-0 items-center gap-1">
          <Avatar name={thread.startedBy.name} size={14} />
          <span className="truncate">{thread.startedBy.name}</span>
        </span>
        {matches > 1 && <span className="shrink-0">{plural(matches, "match", "matches")}</span>}
      </span>
    </Link>
  );
}
