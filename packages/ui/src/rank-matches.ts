export type Ranked<T> = { entry: T; score: number };

/**
 * The entries whose text has every word of the query, or all its characters in order, best first.
 * A match at the start counts more than one at the start of a word, and that more than one inside; short texts come first.
 * @param query empty for the first entries as they are
 */
export function rankMatches<T>(
  query: string,
  entries: readonly T[],
  textOf: (entry: T) => string,
  limit: number,
): Ranked<T>[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries.slice(0, limit).map((entry) => ({ entry, score: 0 }));
  return entries
    .map((entry) => ({ entry, score: scoreOf(textOf(entry).toLowerCase(), words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}

function scoreOf(text: string, words: readonly string[]): number {
  const short = 1 / (1 + text.length);
  let score = 0;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return inOrder(text, words.join("")) ? 0.1 + short : 0;
    score += at === 0 ? 3 : startsWord(text, word) ? 2 : 1;
  }
  return score / words.length + short;
}

function startsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1] ?? "")) return true;
  }
  return false;
}

/** Three characters at least: fewer are in order nearly everywhere. */
function inOrder(text: string, characters: string): boolean {
  if (characters.length < 3) return false;
  let at = -1;
  for (const character of characters) {
    at = text.indexOf(character, at + 1);
    if (at < 0) return false;
  }
  return true;
}
