import { useSyncExternalStore } from "react";

const never = () => () => {};

/**
 * False on the server and while the page is taken over from it. What comes in a chunk of its own is taken over later than
 * the rest, when answers may have come already: it must not have been drawn by the server without them.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
