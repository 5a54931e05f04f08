const words = /[\p{L}\p{N}]+/gu;
const parts = /(-?)"([^"]*)"|(\S+)/gu;
const maxTerms = 16;

/** Texts of `tsquery`, each empty where it asks for nothing: what must be there, what in these very words, and what not. */
export type SearchQuery = { all: string; exact: string; none: string };

/**
 * What a person typed: all words, as they are or as the beginning of one; words in double quotes next to each other; not
 * those after a minus. `null` when nothing is asked for. Letters and digits alone get into the texts, so no input can be
 * an operator or break them.
 */
export function searchQuery(input: string): SearchQuery | null {
  const all: string[] = [];
  const exact: string[] = [];
  const none: string[] = [];
  for (const [, minus, phrase, plain = ""] of input.normalize("NFC").matchAll(parts)) {
    if (all.length + exact.length + none.length === maxTerms) break;
    const found = (phrase ?? plain).match(words)?.slice(0, maxTerms) ?? [];
    if (found.length === 0) continue;
    const term =
      phrase === undefined
        ? found.map((word) => `'${word}':*`).join(" & ")
        : found.map((word) => `'${word}'`).join(" <-> ");
    if (minus === "-" || /^-[\p{L}\p{N}]/u.test(plain)) none.push(`!(${term})`);
    else (phrase === undefined ? all : exact).push(`(${term})`);
  }
  if (all.length + exact.length === 0) return null;
  return { all: all.join(" & "), exact: exact.join(" & "), none: none.join(" & ") };
}
