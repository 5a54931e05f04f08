import { cleanText } from "../clean-text.ts";
import type { ModelMessage } from "../models/port.ts";

const promptMaxChars = 4_000;
const titleMaxChars = 60;

/** The request for a thread's title. Send it without tools. */
export function titleMessages(prompt: string): ModelMessage[] {
  return [
    {
      role: "system",
      content:
        "You write the title of a coding conversation. Answer with the title only: three to seven words, in the language of the message, no quotes, no full stop, no markdown. Do not answer the message itself.",
    },
    {
      role: "user",
      content: `The first message of the conversation:\n\n${cleanText(prompt.slice(0, promptMaxChars))}`,
    },
  ];
}

/** A model's answer to `titleMessages` as one line of at most 60 characters; null if nothing usable is left. */
export function cleanTitle(answer: string): string | null {
  const line = cleanText(answer)
    .replace(/<think>[\s\S]*?(<\/think>|$)/g, "")
    .split("\n")
    .map((text) => text.replace(/^[\s#>*_`"'“”«»-]+|[\s*_`"'“”«».]+$/g, "").replace(/^title:\s*/i, ""))
    .find((text) => text !== "");
  return line === undefined ? null : shorten(line.replace(/\s+/g, " "), titleMaxChars);
}

function shorten(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const head = cleanText(text.slice(0, maxChars - 1));
  const lastSpace = head.lastIndexOf(" ");
  return `${(lastSpace > maxChars / 2 ? head.slice(0, lastSpace) : head).trimEnd()}…`;
}
