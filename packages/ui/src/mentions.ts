import type { Person } from "./types.ts";

export type TextPart = { text: string; person?: Person };

/** A text cut where it names one of these people as `@name`; of names that begin alike the longest counts. */
export function splitMentions(text: string, people: readonly Person[]): TextPart[] {
  const longestFirst = people.filter(({ name }) => name !== "").toSorted((a, b) => b.name.length - a.name.length);
  const parts: TextPart[] = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const person = startsWord(text, at)
      ? longestFirst.find(({ name }) => text.startsWith(`@${name}`, at) && endsWord(text, at + name.length + 1))
      : undefined;
    if (!person) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain) parts.push({ text: plain });
    plain = "";
    parts.push({ text: `@${person.name}`, person });
    at += person.name.length + 1;
  }
  if (plain) parts.push({ text: plain });
  return parts;
}

/** Whom a text names. */
export function mentionsIn<T extends Person>(text: string, people: readonly T[]): T[] {
  const named = new Set(splitMentions(text, people).map(({ person }) => person));
  return people.filter((person) => named.has(person));
}

/** What is being typed behind an `@` at the caret; `null` where no name is. */
export function mentionQuery(text: string, caret: number): { from: number; query: string } | null {
  const found = /(?:^|[\s(])@([^\s@]{0,200})$/u.exec(text.slice(0, caret));
  return found ? { from: caret - (found[1]?.length ?? 0) - 1, query: found[1] ?? "" } : null;
}

/** People a word of whose name begins like this. */
export function matchPeople<T extends Person>(people: readonly T[], query: string): T[] {
  const wanted = query.toLocaleLowerCase();
  return people.filter(({ name }) => {
    const words = name.toLocaleLowerCase().split(/[\s._-]+/);
    return name.toLocaleLowerCase().startsWith(wanted) || words.some((word) => word.startsWith(wanted));
  });
}

const startsWord = (text: string, at: number) => text[at] === "@" && (at === 0 || /[\s(]/.test(text[at - 1] ?? ""));
const endsWord = (text: string, at: number) => !/[\p{L}\p{N}_]/u.test(text[at] ?? " ");
