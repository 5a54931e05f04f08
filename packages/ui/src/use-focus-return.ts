import { type RefObject, useRef } from "react";
import { focusQuietly } from "./quiet-focus.ts";

/**
 * For dialogs that a state opens rather than a trigger of their own: remembers who had the focus when the dialog
 * opened, or the button of the menu that it was in, and gives it back. Spread the handlers onto the content.
 * @param override takes the focus instead, e.g. when the dialog followed another one
 */
export function useFocusReturn(override?: RefObject<HTMLElement | null>) {
  const opener = useRef<HTMLElement | null>(null);

  function remember(): void {
    const active = document.activeElement;
    const menu = active?.closest("[role=menu]")?.getAttribute("aria-labelledby");
    const found = menu ? document.getElementById(menu) : active;
    opener.current = found instanceof HTMLElement ? found : null;
  }

  function giveBack(event: Event): void {
    event.preventDefault();
    focusQuietly(override?.current ?? opener.current);
  }

  return { remember, giveBack };
}
