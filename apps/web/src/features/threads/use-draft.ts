import { useState } from "react";

/** A prompt that was not sent yet, kept in this browser. Call where nothing is rendered on the server. */
export function useDraft(name: string) {
  const key = `heddle-draft-${name}`;
  const [draft, setDraft] = useState(() => ({
    initialText: attempt(() => localStorage.getItem(key)) ?? "",
    version: 0,
  }));
  const [latest] = useState({ text: draft.initialText });

  function keep(text: string) {
    latest.text = text;
    attempt(() => (text === "" ? localStorage.removeItem(key) : localStorage.setItem(key, text)));
  }

  return {
    ...draft,
    keep,
    /** Adds a text to what is written. The field takes it up when it is made anew for the next `version`. */
    putBack(text: string) {
      const whole = latest.text.trim() === "" ? text : `${latest.text.trimEnd()}\n\n${text}`;
      keep(whole);
      setDraft(({ version }) => ({ initialText: whole, version: version + 1 }));
    },
  };
}

/** Storage may be full or forbidden: then a draft lasts as long as the page. */
function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}
