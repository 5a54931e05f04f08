import { useState } from "react";

/** A prompt that was not sent yet, kept in this browser. Call where nothing is rendered on the server. */
export function useDraft(name: string): { initialText: string; keep: (text: string) => void } {
  const key = `heddle-draft-${name}`;
  const [initialText] = useState(() => attempt(() => localStorage.getItem(key)) ?? "");

  function keep(text: string) {
    attempt(() => (text === "" ? localStorage.removeItem(key) : localStorage.setItem(key, text)));
  }

  return { initialText, keep };
}

/** Storage may be full or forbidden: then a draft lasts as long as the page. */
function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}
