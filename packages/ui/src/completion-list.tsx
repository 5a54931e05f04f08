import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { menuClasses } from "./menu-classes.ts";

export type CompletionListProps<T> = {
  id: string;
  /** What these are: "Members". */
  label: string;
  items: readonly T[];
  keyOf: (item: T) => string;
  render: (item: T) => ReactNode;
  active: number;
  onChoose: (item: T) => void;
  className?: string;
};

export const completionOptionId = (listId: string, index: number) => `${listId}-${index}`;

/** What an `@` may mean, above the field that keeps the focus. */
export function CompletionList<T>(props: CompletionListProps<T>) {
  const { id, label, items, keyOf, render, active, onChoose, className } = props;
  return (
    <div id={id} role="listbox" aria-label={label} className={cn(menuClasses, "max-h-56", className)}>
      {items.map((item, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys
        <div
          key={keyOf(item)}
          id={completionOptionId(id, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(item)}
          className={cn(
            "flex min-h-7 cursor-default items-center gap-2 rounded-md px-2 py-1 pointer-coarse:min-h-10",
            index === active && "bg-hover",
          )}
        >
          {render(item)}
        </div>
      ))}
    </div>
  );
}
