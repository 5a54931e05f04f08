export type RequestKind = "turn" | "title" | "commitMessage";

/** What a request is for, told from Heddle's own system prompts. */
export function requestKind(system: string): RequestKind {
  if (system.startsWith("You write the title of a coding conversation")) return "title";
  if (system.startsWith("You write a git commit message")) return "commitMessage";
  return "turn";
}

/** The title or the commit message that a request asks for. */
export function writeSideAnswer(kind: "title" | "commitMessage", prompt: string): string {
  return kind === "title"
    ? title(prompt.replace(/^The first message of the conversation:\s*/, ""))
    : commitMessage(prompt);
}

const titleMaxChars = 60;
const danglingWords = /(\s+(a|about|an|and|at|for|from|in|into|of|on|or|that|the|then|to|with))+$/i;

/** The first sentence, or as many of its words as fit and read well. */
function title(prompt: string): string {
  const sentence = firstSentence(prompt);
  if (sentence.length <= titleMaxChars) return capitalise(sentence) || "Look around";
  const words = sentence.slice(0, titleMaxChars).replace(/\s+\S*$/, "");
  return capitalise(words.replace(/[,;:]$/, "").replace(danglingWords, ""));
}

function commitMessage(request: string): string {
  const asked = between(request, "What was asked:\n", "\n\nFiles:")
    .split("\n")
    .map((line) => firstSentence(line.replace(/^- /, "")))
    .filter((line) => line !== "");
  const files = between(request, "\n\nFiles:\n", "\n\nPatch:")
    .split("\n")
    .map((line) => line.split("|")[0]?.trim() ?? "")
    .filter((line) => line !== "" && !/files? changed/.test(line));
  const subject = capitalise(asked.at(-1) ?? "") || `Change ${files[0] ?? "the project"}`;
  const earlier = asked.slice(0, -1).map((line) => `- ${capitalise(line)}`);
  const body = [
    ...(earlier.length > 0 ? ["Also asked for:", ...earlier, ""] : []),
    ...(files.length > 1 ? ["Files:", ...files.slice(0, 10).map((file) => `- ${file}`)] : []),
  ].join("\n");
  return [subject.slice(0, 72).trim(), body.trim()].filter(Boolean).join("\n\n");
}

function between(text: string, start: string, end: string): string {
  const from = text.indexOf(start);
  if (from === -1) return "";
  const to = text.indexOf(end, from + start.length);
  return text.slice(from + start.length, to === -1 ? undefined : to);
}

/** The first sentence in one line, without courtesies, code fences, JSON and the full stop. */
function firstSentence(text: string): string {
  const line = text
    .replace(/```[\s\S]*?(```|$)/g, " ")
    .replace(/\[\s*[{"][\s\S]*$/, " ")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^(hi|hello|hey)\b[,!. ]*/i, "")
    .replace(/^(please|kindly|(can|could|would|will) you( please)?|i (want|need) you to|now|also|then)\b[, ]*/i, "");
  return (line.match(/^.*?[.!?](?= |$)/)?.[0] ?? line).replace(/[.!?:\s]+$/, "");
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
