import { cleanText } from "../clean-text.ts";
import type { ModelMessage } from "../models/port.ts";

const promptsMaxChars = 4_000;
const patchMaxChars = 24_000;
const subjectMaxChars = 72;

type CommitMessageInput = {
  /** Output in the manner of `git diff --stat`. */
  diffStat: string;
  /** The patch, or its beginning; cut to 24,000 characters here. */
  patch: string;
  /** What people asked for, oldest first. */
  prompts: string[];
};

/** The request for a commit message. Send it without tools. */
export function commitMessageMessages({ diffStat, patch, prompts }: CommitMessageInput): ModelMessage[] {
  const asked = prompts.map((prompt) => `- ${prompt.replace(/\s+/g, " ").trim()}`).join("\n");
  const content = `What was asked:\n${asked.slice(0, promptsMaxChars)}\n\nFiles:\n${diffStat.slice(0, promptsMaxChars)}\n\nPatch:\n${patch.slice(0, patchMaxChars)}`;
  return [
    {
      role: "system",
      content:
        "You write a git commit message. Answer with the message only: a subject line of at most 72 characters in the imperative mood without a full stop, then, if it helps a reviewer, an empty line and a short body that says what changed and why. No markdown fences, no quotes, no trailers.",
    },
    { role: "user", content: cleanText(content) },
  ];
}

/** A model's answer to `commitMessageMessages` as subject, empty line, body; null if nothing usable is left. */
export function cleanCommitMessage(answer: string): string | null {
  const lines = cleanText(answer)
    .replaceAll("\r", "")
    .replace(/<think>[\s\S]*?(<\/think>|$)/g, "")
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => !/^\s*```/.test(line) && !isTrailer(line));
  const first = lines.findIndex((line) => line.trim() !== "");
  if (first === -1) return null;
  const subject = (lines[first] ?? "").replace(/^[\s#*_`"']+|[\s*_`"'.]+$/g, "");
  if (subject === "") return null;
  const body = lines
    .slice(first + 1)
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  const message = subject.length <= subjectMaxChars ? [subject, body] : splitSubject(subject, body);
  return message.filter((part) => part !== "").join("\n\n");
}

/** Heddle adds the trailers itself; a model's would claim authors that took no part. */
function isTrailer(line: string): boolean {
  return /^(co-authored-by|signed-off-by|reviewed-by|acked-by):/i.test(line);
}

function splitSubject(subject: string, body: string): string[] {
  const head = cleanText(subject.slice(0, subjectMaxChars - 1));
  const lastSpace = head.lastIndexOf(" ");
  const cut = lastSpace > subjectMaxChars / 2 ? lastSpace : head.length;
  return [`${head.slice(0, cut).trimEnd()}…`, `…${subject.slice(cut).trim()}`, body];
}
