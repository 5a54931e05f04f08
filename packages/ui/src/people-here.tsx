"use client";
import { Avatar } from "./avatar.tsx";
import { Tooltip } from "./tooltip.tsx";
import type { Person } from "./types.ts";

const shown = 3;

/** Who else looks at the same thing, as overlapping initials. */
export function PeopleHere({ people }: { people: readonly Person[] }) {
  if (people.length === 0) return null;
  const names = people.map(({ name }) => name).join(", ");
  const label = `${names} ${people.length === 1 ? "is" : "are"} here`;
  return (
    <Tooltip content={label}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its tooltip must be reachable by keyboard */}
      <span tabIndex={0} role="img" aria-label={label} className="flex shrink-0 items-center rounded-full">
        {people.slice(0, shown).map(({ id, name }) => (
          <span key={id} aria-hidden className="-ml-1 rounded-full ring-2 ring-surface first:ml-0">
            <Avatar name={name} size={22} />
          </span>
        ))}
        {people.length > shown && (
          <span aria-hidden className="ml-1 text-muted text-xs">
            +{people.length - shown}
          </span>
        )}
      </span>
    </Tooltip>
  );
}

/** "Ada and Ben are typing": over the end of the conversation, so that nothing moves for it. */
export function TypingLine({ people }: { people: readonly Person[] }) {
  return (
    <div className="relative mx-auto h-0 w-full max-w-[47.5rem] shrink-0">
      <p
        role="status"
        className="absolute bottom-0.5 left-4 max-w-[calc(100%-2rem)] truncate rounded-full bg-surface px-2 text-muted text-xs empty:hidden"
      >
        {sentence(people.map(({ name }) => name))}
      </p>
    </div>
  );
}

function sentence(names: string[]): string | null {
  const [first, second] = names;
  if (first === undefined) return null;
  if (second === undefined) return `${first} is typing…`;
  return names.length === 2 ? `${first} and ${second} are typing…` : "Several people are typing…";
}
