import { useEffect, useState } from "react";
import type { Token } from "./highlight.ts";
import { languageOf } from "./languages.ts";

const LONGEST = 200_000;

/** Tokens of each piece of code, or null while they load, when the language is unknown, or the code is too long. */
export function useHighlight(pieces: readonly string[], nameOrPath: string): Token[][][] | null {
  const language = languageOf(nameOrPath);
  const key = `${language}\0${pieces.join("\0")}`;
  const [done, setDone] = useState<{ key: string; tokens: Token[][][] } | null>(null);
  useEffect(() => {
    if (!language || key.length > LONGEST) return;
    let current = true;
    const parts = key.split("\0").slice(1);
    import("./highlight.ts")
      .then(({ highlight }) => Promise.all(parts.map((part) => highlight(part, language))))
      .then((tokens) => current && setDone({ key, tokens }))
      .catch(() => {}); // code without colours is still code
    return () => {
      current = false;
    };
  }, [key, language]);
  return done?.key === key ? done.tokens : null;
}
