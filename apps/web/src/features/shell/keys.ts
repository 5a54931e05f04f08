import type { ShortcutGroup } from "@heddle/ui/help-sheet";

export const shortcutGroups: ShortcutGroup[] = [
  {
    title: "Anywhere",
    shortcuts: [
      { keys: ["?"], does: "Show this list" },
      { keys: ["g", "h"], does: "Go to the start page" },
      { keys: ["g", "i"], does: "Go to the inbox" },
      { keys: ["g", "s"], does: "Go to the settings" },
      { keys: ["["], does: "Show or hide the sidebar" },
      { keys: ["]"], does: "Show or hide changes and details" },
    ],
  },
  {
    title: "Sidebar",
    shortcuts: [
      { keys: ["↑", "↓"], does: "Move between threads" },
      { keys: ["Enter"], does: "Open the thread" },
      { keys: ["⇧", "F10"], does: "Menu of the thread" },
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

const composer = () => document.querySelector<HTMLTextAreaElement>("form textarea[aria-label=Prompt]");
