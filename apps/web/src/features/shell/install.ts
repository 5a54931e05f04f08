import { useSyncExternalStore } from "react";

type InstallState = "installed" | "offered" | "unknown";
type InstallPrompt = Event & { prompt: () => Promise<unknown> };

let offer: InstallPrompt | null = null;
const listeners = new Set<() => void>();

/** Keeps the browser's offer to install Heddle until somebody asks for it. Call once, early: it is made only once. */
export function keepInstallOffer(): void {
  const note = (next: InstallPrompt | null) => {
    offer = next;
    for (const tell of listeners) tell();
  };
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    note(event as InstallPrompt);
  });
  window.addEventListener("appinstalled", () => note(null));
}

/** Whether Heddle is an app of this machine or can become one, and the way to it. */
export function useInstall(): { state: InstallState; install: () => void } {
  const state = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    (): InstallState => {
      if (matchMedia("(display-mode: standalone)").matches) return "installed";
      return offer ? "offered" : "unknown";
    },
    (): InstallState => "unknown",
  );
  return { state, install: () => void offer?.prompt() };
}

/** Shows a page of Heddle's own where it cannot be reached: see public/sw.js. */
export function registerOfflinePage(): void {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {}); // works without
}
