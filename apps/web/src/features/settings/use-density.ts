import { useSyncExternalStore } from "react";
import { setPreference } from "../shell/cookies.ts";
import { type Density, densityCookie, parseDensity } from "../shell/density.ts";

const listeners = new Set<() => void>();

/** How close rows are. The page's root says it, as the server made it. */
export function useDensity(): [Density, (density: Density) => void] {
  const density = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => parseDensity(document.documentElement.dataset.density),
    () => "comfortable" as const,
  );
  return [density, choose];
}

function choose(density: Density): void {
  document.documentElement.dataset.density = density;
  setPreference(densityCookie, density);
  for (const tell of listeners) tell();
}
