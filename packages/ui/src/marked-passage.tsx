export type PassagePart = { text: string; match: boolean };

/** A passage of a text with the words that were looked for. */
export function MarkedPassage({ parts }: { parts: readonly PassagePart[] }) {
  return parts.map((part, index) =>
    part.match ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
      <mark key={index} className="rounded-[2px] bg-warn-soft font-medium text-fg">
        {part.text}
      </mark>
    ) : (
      part.text
    ),
  );
}
