"use client";
import { Clock, Ellipsis } from "lucide-react";
import { memo } from "react";
import { Avatar } from "./avatar.tsx";
import { cn } from "./cn.ts";
import { formatAbsolute, plural } from "./format.ts";
import { IconButton } from "./icon-button.tsx";
import { type InboxKind, inboxLooks } from "./inbox-kind.ts";
import { Link } from "./link.tsx";
import type { MenuPlace } from "./menu-at.tsx";
import { RelativeTime } from "./relative-time.tsx";
import type { Instant, Person } from "./types.ts";

export type InboxRowView = {
  id: string;
  kind: InboxKind;
  thread: { title: string; project: string } | null;
  note: string | null;
  actor: Person | null;
  claimedBy: Person | null;
  handedBy: Person | null;
  handedTo: Person | null;
  /** How many others were told of the same. */
  alsoTold: number;
  createdAt: Instant;
  snoozedUntil: Instant | null;
  endedAt: Instant | null;
  resolved: boolean;
};

export type InboxRowProps = {
  item: InboxRowView;
  href: string;
  selected: boolean;
  /** The reader. */
  me: string | undefined;
  onSelect: (id: string) => void;
  onMenu: (id: string, place: MenuPlace) => void;
};

/** Something that needs a person: reason, thread, who has to do with it, age. */
export const InboxRow = memo(function InboxRow(props: InboxRowProps) {
  const { item, href, selected, me, onSelect, onMenu } = props;
  const taken = item.claimedBy !== null && item.claimedBy.id !== me;
  const { icon: Icon, className, label } = inboxLooks[item.kind];
  const about = item.thread?.title ?? item.note ?? "";

  function openMenu(button: HTMLElement) {
    const row = button.closest("li")?.querySelector<HTMLElement>("[data-inbox-item]") ?? button;
    const { left, bottom } = button.getBoundingClientRect();
    onMenu(item.id, { x: left, y: bottom + 4, row });
  }

  return (
    <li
      className={cn(
        "group flex min-w-0 items-center border-line border-b pr-2 frame:pr-3",
        selected ? "bg-selected" : "hover:bg-hover",
      )}
    >
      <Link
        href={href}
        data-inbox-item={item.id}
        onFocus={() => onSelect(item.id)}
        className="flex min-w-0 flex-1 items-center gap-x-3 py-2 pr-2 pl-4 outline-offset-[-2px] frame:h-9 frame:py-0 max-frame:flex-wrap"
      >
        <span
          className={cn("flex shrink-0 items-center gap-2 text-xs frame:w-40", taken ? "text-subtle" : "text-muted")}
        >
          <Icon className={cn("size-3.5 shrink-0", taken ? "text-subtle" : className)} aria-hidden />
          {label}
        </span>
        <span
          title={about}
          className={cn(
            "min-w-0 truncate max-frame:order-3 max-frame:basis-full frame:flex-1",
            taken || item.endedAt !== null ? "text-muted" : "text-fg",
          )}
        >
          {about}
          {item.thread && item.note && <span className="ml-2 text-subtle text-xs">{item.note}</span>}
        </span>
        <Facts item={item} me={me} />
        {item.thread && (
          <span className="min-w-0 max-w-40 truncate text-subtle text-xs max-frame:order-4 max-frame:basis-full max-frame:max-w-none">
            {item.thread.project}
          </span>
        )}
        <When item={item} />
      </Link>
      <IconButton
        icon={Ellipsis}
        label="What to do with it"
        size="sm"
        aria-haspopup="menu"
        onClick={(event) => openMenu(event.currentTarget)}
      />
    </li>
  );
});

function Facts({ item, me }: { item: InboxRowView; me: string | undefined }) {
  const { actor, claimedBy, handedBy, handedTo, alsoTold, endedAt, resolved } = item;
  const nameOf = ({ id, name }: Person) => (id === me ? "you" : name);
  const facts: [string, Person][] = [];
  if (handedTo) facts.push(["Handed on to", handedTo]);
  else if (handedBy) facts.push(["From", handedBy]);
  else if (actor) facts.push(["By", actor]);
  if (claimedBy) facts.push(["Taken by", claimedBy]);
  return (
    <>
      {facts.map(([what, person]) => (
        <span key={what} className="flex shrink-0 items-center gap-1.5 text-subtle text-xs">
          <Avatar name={person.name} size={16} />
          <span className="max-w-48 truncate max-sm:sr-only">{`${what} ${nameOf(person)}`}</span>
        </span>
      ))}
      {alsoTold > 0 && claimedBy === null && endedAt === null && (
        <span className="shrink-0 text-subtle text-xs max-sm:hidden">{plural(alsoTold, "other")} told</span>
      )}
      {resolved && <span className="shrink-0 text-subtle text-xs max-sm:hidden">Settled by itself</span>}
    </>
  );
}

function When({ item: { createdAt, snoozedUntil, endedAt } }: { item: InboxRowView }) {
  if (snoozedUntil !== null && endedAt === null && new Date(snoozedUntil).getTime() > Date.now()) {
    return (
      <span
        className="ml-auto flex shrink-0 items-center gap-1 text-subtle text-xs"
        title={formatAbsolute(snoozedUntil)}
      >
        <Clock className="size-3" aria-hidden />
        {new Date(snoozedUntil).toLocaleString(undefined, {
          weekday: "short",
          day: "numeric",
          month: "short",
          hour: "2-digit",
          minute: "2-digit",
        })}
      </span>
    );
  }
  return (
    <RelativeTime
      at={endedAt ?? createdAt}
      className="ml-auto shrink-0 text-right text-subtle text-xs frame:min-w-18"
    />
  );
}
