import { type KeyboardEvent, type RefObject, useState } from "react";
import { mentionQuery } from "./mentions.ts";

const shown = 8;

type Completion<T> = {
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onChange: (text: string) => void;
  /** What may be meant by what is typed so far, best first. */
  find: (query: string) => readonly T[];
  /** What is written behind the `@`. */
  nameOf: (item: T) => string;
};

/**
 * Completes `@name` in a text field. Call `look` after each change and move of the caret, and `onKeyDown` first: it says
 * whether it took the key.
 */
export function useCompletion<T>({ field, text, onChange, find, nameOf }: Completion<T>) {
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState(0);
  const open = caret === null ? null : mentionQuery(text, caret);
  const matches = open ? find(open.query).slice(0, shown) : [];

  function look() {
    setCaret(field.current?.selectionStart ?? null);
    setActive(0);
  }

  function choose(item: T) {
    if (!open || caret === null) return;
    const before = `${text.slice(0, open.from)}@${nameOf(item)} `;
    onChange(before + text.slice(caret).replace(/^ /, ""));
    setCaret(null);
    // Once the field has the new text.
    requestAnimationFrame(() => field.current?.setSelectionRange(before.length, before.length));
  }

  function onKeyDown(event: KeyboardEvent): boolean {
    const last = matches.length - 1;
    if (last < 0 || event.metaKey || event.ctrlKey || event.altKey || event.nativeEvent.isComposing) return false;
    const chosen = matches[active];
    switch (event.key) {
      case "ArrowDown":
        setActive(active === last ? 0 : active + 1);
        break;
      case "ArrowUp":
        setActive(active === 0 ? last : active - 1);
        break;
      case "Enter":
      case "Tab":
        if (!chosen) return false;
        choose(chosen);
        break;
      case "Escape":
        setCaret(null);
        break;
      default:
        return false;
    }
    event.preventDefault();
    return true;
  }

  return { asked: open !== null, matches, active, look, choose, onKeyDown, close: () => setCaret(null) };
}
