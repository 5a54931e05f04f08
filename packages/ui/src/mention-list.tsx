import { Avatar } from "./avatar.tsx";
import { cn } from "./cn.ts";
import { menuClasses } from "./menu-classes.ts";
import type { Person } from "./types.ts";

export type MentionListProps = {
  id: string;
  people: readonly Person[];
  active: number;
  onChoose: (person: Person) => void;
};

export const mentionOptionId = (listId: string, index: number) => `${listId}-${index}`;

/** Whom an `@` may mean, above the field that keeps the focus. */
export function MentionList({ id, people, active, onChoose }: MentionListProps) {
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Members"
      className={cn(menuClasses, "absolute bottom-full left-2 mb-1 max-h-56 w-64")}
    >
      {people.map((person, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys
        <div
          key={person.id}
          id={mentionOptionId(id, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(person)}
          className={cn(
            "flex min-h-7 cursor-default items-center gap-2 rounded-md px-2 py-1 pointer-coarse:min-h-10",
            index === active && "bg-hover",
          )}
        >
          <Avatar name={person.name ?? ""} size={16} />
          <span className="min-w-0 flex-1 truncate">{person.name}</span>
        </div>
      ))}
    </div>
  );
}
