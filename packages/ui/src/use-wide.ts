import { useSyncExternalStore } from "react";

/** Where all columns fit beside each other: `--breakpoint-frame` of theme.css. */
const wide = "(min-width: 56.25rem)";

/** Whether the window has room for more than one column; true on the server. */
export function useWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia(wide);
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => matchMedia(wide).matches,
    () => true,
  );
}
