import { useEffect, useRef, useState } from "react";
import { useShortcuts } from "./use-shortcuts.ts";

/** How long the first Esc is remembered, in milliseconds. */
const askMs = 3_000;

/**
 * Esc twice, or ⌘/Ctrl+. once, stops what runs. Esc that closes a dialog or a menu, or belongs to another field, is not
 * counted.
 * @param onStop undefined while nothing can be stopped
 * @returns whether Esc was pressed once and is asked for again
 */
export function useStopKeys(onStop: (() => void) | undefined): boolean {
  const [armed, setArmed] = useState(false);
  const latest = useRef(onStop);
  const waits = useRef(false);
  const able = onStop !== undefined;
  useEffect(() => {
    latest.current = onStop;
  });

  useShortcuts({ "mod+.": () => latest.current?.() });

  useEffect(() => {
    if (!able) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    function arm(next: boolean) {
      clearTimeout(timer);
      waits.current = next;
      setArmed(next);
      if (next) timer = setTimeout(arm, askMs, false);
    }
    function onKeyDown(event: KeyboardEvent) {
      if (event.key !== "Escape" || event.repeat || event.isComposing || belongsElsewhere(event.target)) return;
      if (waits.current) latest.current?.();
      arm(!waits.current);
    }
    // Ahead of everybody: a tooltip closes with the same key and says that it was taken.
    window.addEventListener("keydown", onKeyDown, true);
    return () => {
      window.removeEventListener("keydown", onKeyDown, true);
      arm(false);
    };
  }, [able]);

  return armed;
}

function belongsElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector("[role=dialog], [role=alertdialog], [role=menu], [role=listbox]")) return true;
  return target instanceof HTMLElement && target.matches("input, textarea:not([data-composer]), select");
}
