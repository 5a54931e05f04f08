let quiet = false;

/** Moves the focus without what a reader's own move would show, such as the tooltip of a button. */
export function focusQuietly(element: HTMLElement | null | undefined): void {
  quiet = true;
  element?.focus();
  quiet = false;
}

/** Whether the focus event under way comes from `focusQuietly`. */
export const isFocusQuiet = () => quiet;
