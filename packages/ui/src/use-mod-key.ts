import { useSyncExternalStore } from "react";

const never = () => () => {};

/** The name of the key for commands on this machine: "⌘" on Apple's, else "Ctrl". */
export function useModKey(): "⌘" | "Ctrl" {
  return useSyncExternalStore<"⌘" | "Ctrl">(
    never,
    () => (/Mac|iP(hone|ad|od)/.test(navigator.userAgent) ? "⌘" : "Ctrl"),
    () => "Ctrl",
  );
}
