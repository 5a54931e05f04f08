import { useEffect, useRef } from "react";
import { type KeyPress, matchBinding } from "./shortcuts.ts";

/**
 * Binds keys of the whole page: `{"?": openHelp, "mod+k": openPalette, "g t": goToThreads}`. `mod` is ⌘ or Ctrl.
 * Plain keys do nothing while someone types or a dialog is open.
 */
export function useShortcuts(bindings: Record<string, () => void>): void {
  const latest = useRef(bindings);
  useEffect(() => {
    latest.current = bindings;
  });
  useEffect(() => {
    let presses: KeyPress[] = [];
    function onKeyDown(event: KeyboardEvent) {
      const mod = event.metaKey || event.ctrlKey;
      if (event.defaultPrevented || event.isComposing || event.altKey || (!mod && isBusy(event.target))) return;
      if (["Shift", "Control", "Meta"].includes(event.key)) return;
      presses = [...presses.slice(-3), { key: event.key.toLowerCase(), mod, at: event.timeStamp }];
      const found = matchBinding(presses, Object.keys(latest.current));
      if (!found) return;
      event.preventDefault();
      presses = [];
      latest.current[found]?.();
    }
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest("input, textarea, select, [role=dialog], [role=menu]") !== null;
}
