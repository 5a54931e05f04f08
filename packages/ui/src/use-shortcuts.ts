import { type RefObject, useEffect, useRef } from "react";
import { type KeyPress, matchBinding } from "./shortcuts.ts";
import { readStored, useStored } from "./use-stored.ts";

const plainKeys = "heddle-plain-keys";

/** Whether keys without ⌘ or Ctrl do anything; a preference of this browser, for who speaks to it or hits keys by accident. */
export function usePlainKeys(): [boolean, (on: boolean) => void] {
  return useStored(plainKeys, true);
}

type Bindings = Record<string, () => void>;

/** Of all parts of the page: a sequence of one part must not set off the last key of it in another. */
const mounted = new Set<RefObject<Bindings>>();
let presses: KeyPress[] = [];

/**
 * Binds keys of the whole page: `{"?": openHelp, "mod+k": openPalette, "g t": goToThreads}`. `mod` is ⌘ or Ctrl.
 * Plain keys do nothing while someone types or a dialog is open. Of two parts that bind the same the inner one has it.
 */
export function useShortcuts(bindings: Bindings): void {
  const latest = useRef(bindings);
  useEffect(() => {
    latest.current = bindings;
  });
  useEffect(() => {
    if (mounted.size === 0) document.addEventListener("keydown", onKeyDown);
    mounted.add(latest);
    return () => {
      mounted.delete(latest);
      if (mounted.size === 0) document.removeEventListener("keydown", onKeyDown);
    };
  }, []);
}

function onKeyDown(event: KeyboardEvent): void {
  const mod = event.metaKey || event.ctrlKey;
  if (event.defaultPrevented || event.isComposing || event.altKey || (!mod && isBusy(event.target))) return;
  if (!mod && !readStored(plainKeys, true)) return;
  if (["Shift", "Control", "Meta"].includes(event.key)) return;
  presses = [...presses.slice(-3), { key: event.key.toLowerCase(), mod, at: event.timeStamp }];
  const parts = [...mounted].map(({ current }) => current);
  const found = matchBinding(
    presses,
    parts.flatMap((part) => Object.keys(part)),
  );
  if (!found) return;
  event.preventDefault();
  presses = [];
  parts.find((part) => found in part)?.[found]?.();
}

function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest("input, textarea, select, [role=dialog], [role=menu]") !== null;
}
