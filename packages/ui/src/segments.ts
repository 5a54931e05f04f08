import type { Token } from "./highlight.ts";

export type Segment = { text: string; color?: string; marked: boolean };

/** Cuts a line's tokens at the borders of its mark. Without tokens, or with tokens of another text, it is one token. */
export function segmentsOf(
  text: string,
  tokens: readonly Token[] | undefined,
  mark?: readonly [number, number],
): Segment[] {
  const fits = tokens && tokens.reduce((sum, token) => sum + token.text.length, 0) === text.length;
  const [from, to] = mark ?? [0, 0];
  const segments: Segment[] = [];
  let at = 0;
  for (const token of fits ? tokens : [{ text }]) {
    const end = at + token.text.length;
    const cuts = [at, ...[from, to].filter((cut) => cut > at && cut < end), end];
    for (let i = 0; i + 1 < cuts.length; i++) {
      const [start, stop] = [cuts[i] ?? 0, cuts[i + 1] ?? 0];
      if (stop > start) {
        segments.push({ text: text.slice(start, stop), color: token.color, marked: start >= from && stop <= to });
      }
    }
    at = end;
  }
  return segments;
}
