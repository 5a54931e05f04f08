import type { ShortcutGroup } from "@heddle/ui/help-sheet";
import { places } from "./places.ts";

export const shortcutGroups: ShortcutGroup[] = [
  {
    title: "Anywhere",
    shortcuts: [
      { keys: ["⌘/Ctrl", "K"], does: "Find a thread, a file, an action" },
      { keys: ["?"], does: "Show this list" },
      { keys: ["["], does: "Show or hide the sidebar" },
      { keys: ["]"], does: "Show or hide changes and details" },
    ],
  },
  {
    title: "Go to",
    shortcuts: [
      ...places.map(({ key, label }) => ({ keys: ["g", key], does: label })),
      { keys: ["g", "w"], does: "Another workspace" },
      { keys: ["g", "t"], does: "Threads in the sidebar" },
      { keys: ["g", "p"], does: "Project of the open thread" },
      { keys: ["g", "d"], does: "Changes of the open thread" },
    ],
  },
  {
    title: "Sidebar",
    shortcuts: [
      { keys: ["↑", "↓"], does: "Move between threads" },
      { keys: ["Enter"], does: "Open the thread" },
      { keys: ["⇧", "F10"], does: "Menu of the thread: pin, archive, …" },
      { keys: ["Alt", "↑", "↓"], does: "Move a pinned thread" },
    ],
  },
  {
    title: "Inbox",
    shortcuts: [
      { keys: ["j", "k"], does: "Next, previous item" },
      { keys: ["Enter"], does: "Open its thread" },
      { keys: ["e"], does: "Done" },
      { keys: ["s"], does: "Snooze" },
      { keys: ["c"], does: "Take care of it, or leave it to others" },
      { keys: ["h"], does: "Hand on to a member" },
      { keys: ["m"], does: "Menu of the item" },
      { keys: ["u"], does: "Open it again: snoozed or done" },
      { keys: ["z"], does: "Undo the last of these" },
    ],
  },
  {
    title: "Prompt",
    shortcuts: [
      { keys: ["g", "c"], does: "Write a prompt" },
      { keys: ["g", "m"], does: "Write a comment to people" },
      { keys: ["@"], does: "Name a file of the thread" },
      { keys: ["⌘/Ctrl", "Enter"], does: "Send, or queue while a turn runs" },
      { keys: ["⌘/Ctrl", "⇧", "Enter"], does: "Steer: into the running turn" },
    ],
  },
  {
    title: "While a turn runs",
    shortcuts: [
      { keys: ["Esc"], does: "Stop it: press twice" },
      { keys: ["⌘/Ctrl", "."], does: "Stop it at once" },
      { keys: ["Alt", "↑"], does: "Move a queued prompt up" },
      { keys: ["Alt", "↓"], does: "Move a queued prompt down" },
    ],
  },
  {
    title: "Changes",
    shortcuts: [
      { keys: ["j", "k"], does: "Next, previous file" },
      { keys: ["n", "p"], does: "Next, previous hunk" },
      { keys: ["v"], does: "Mark the file as viewed, or not" },
    ],
  },
];

/** Puts the cursor where a prompt is written, if this page has such a place. */
export function focusComposer(): void {
  composer()?.focus();
}

/** Puts the cursor where a comment is written, if that is on the page already. */
export function focusComment(): void {
  document.querySelector<HTMLTextAreaElement>("form textarea[aria-label=Comment]")?.focus();
}

/** Where the focus goes once a button has gone that had it; null on a touch screen, where it would bring up the keyboard. */
export function composerAfterButton(): HTMLElement | null {
  return matchMedia("(pointer: fine)").matches ? composer() : null;
}

/** Writes a file's name where the prompt is written, as if it were typed. */
export function mentionInComposer(path: string): void {
  focusComposer();
  // Deprecated, and the only way that leaves the field's undo whole.
  document.execCommand("insertText", false, `@${path} `);
}

/** Puts the focus on the open thread's row in the sidebar, or on the first. */
export function focusThreads(): void {
  const rows = document.querySelector("[data-sidebar]");
  (
    rows?.querySelector<HTMLElement>("[data-thread-row][aria-current]") ??
    rows?.querySelector<HTMLElement>("[data-thread-row]")
  )?.focus();
}

const composer = () => document.querySelector<HTMLTextAreaElement>("form textarea[aria-label=Prompt]");
