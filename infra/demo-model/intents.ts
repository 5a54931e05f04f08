/** What the demo understands. Paths are relative to the repository. */
export type Intent =
  | { type: "createFile"; path: string; content: string | null }
  | { type: "appendToFile"; path: string; text: string }
  | { type: "replaceInFile"; path: string; oldText: string; newText: string }
  | { type: "rewriteLastFile"; content: string }
  | { type: "deleteFile"; path: string }
  | { type: "renameFile"; from: string; to: string }
  | { type: "renameSymbol"; from: string; to: string }
  | { type: "runTests"; fix: boolean }
  | { type: "runCommand"; command: string }
  | { type: "readmeSection"; title: string; text: string | null }
  | { type: "summarise" }
  | { type: "note" };

type Pattern = { pattern: RegExp; intent: (groups: Record<string, string>) => Intent | null };

const path = "[`\"']?(?<path>(?:[\\w@.-]+\\/)*(?:[\\w@-]*\\.[\\w.-]*\\w|Makefile|Dockerfile|LICENSE|README))[`\"']?";
const quoted = (name: string) =>
  `(?:\`(?<${name}A>[^\`]+)\`|"(?<${name}B>[^"]+)"|'(?<${name}C>[^']+)'|(?<${name}D>\\S+))`;
const identifier = (name: string) => `[\`"']?(?<${name}>[A-Za-z_$][\\w$]*)(?:\\(\\))?[\`"']?`;
const politely = "(?:please |now |also |then |and |(?:can|could|would) you )*";

/** Tried in order: the first that matches decides. */
const patterns: Pattern[] = [
  {
    pattern: /^(?:please )?(?:run|execute)\s+(?:the command\s+)?`(?<command>[^`]+)`/i,
    intent: ({ command = "" }) => ({ type: "runCommand", command }),
  },
  {
    pattern: new RegExp(
      `\\b(?:rename|move)\\s+(?:the\\s+)?(?:file\\s+)?${path}\\s+to\\s+${path.replace("<path>", "<to>")}`,
      "i",
    ),
    intent: ({ path: from = "", to = "" }) => ({ type: "renameFile", from, to }),
  },
  {
    pattern: new RegExp(
      `\\brename\\s+(?:the\\s+)?(?:symbol|function|variable|class|method|constant|type|identifier)?\\s*${identifier("from")}\\s+(?:in)?to\\s+${identifier("to")}`,
      "i",
    ),
    intent: ({ from = "", to = "" }) => ({ type: "renameSymbol", from, to }),
  },
  {
    pattern: new RegExp(
      `\\b(?:replace|change)\\s+${quoted("old")}\\s+(?:with|by|to|into)\\s+${quoted("new")}\\s+in\\s+(?:the\\s+)?(?:file\\s+)?${path}`,
      "i",
    ),
    intent: (groups) => ({
      type: "replaceInFile",
      path: groups.path ?? "",
      oldText: pick(groups, "old"),
      newText: pick(groups, "new"),
    }),
  },
  {
    pattern: /^(?=[\s\S]*\b(?:add|write|create|append|insert)\b)(?=[\s\S]*\bsections?\b)(?=[\s\S]*\breadme\b)/i,
    intent: () => null,
  },
  {
    pattern: new RegExp(
      `\\b(?:append|add)\\s+(?:a\\s+|the\\s+)?(?:line|text|sentence)?\\s*(?:saying|that says|with)?:?\\s*(?<text>[\\s\\S]+?)\\s+to\\s+(?:the\\s+end\\s+of\\s+)?(?:the\\s+)?(?:file\\s+)?${path}\\s*[.!]?\\s*$`,
      "i",
    ),
    intent: ({ path: target = "", text = "" }) => ({ type: "appendToFile", path: target, text: unquote(text) }),
  },
  {
    pattern: new RegExp(`^${politely}(?:delete|remove)\\s+(?:the\\s+)?(?:file\\s+)?${path}`, "i"),
    intent: ({ path: target = "" }) => ({ type: "deleteFile", path: target }),
  },
  {
    pattern: new RegExp(
      `\\b(?:create|add|write|make)\\s+(?:an?\\s+|the\\s+)?(?:new\\s+)?(?:\\w+\\s+)?(?:file\\s+)?(?:called\\s+|named\\s+)?${path}(?<rest>[\\s\\S]*)`,
      "i",
    ),
    intent: ({ path: target = "", rest = "" }) => ({ type: "createFile", path: target, content: contentOf(rest) }),
  },
  {
    pattern:
      /\b(?:change|set|make|rewrite)\s+(?:it|its (?:text|content)|the (?:text|contents?|file|greeting|message))\s+(?:to|say|into|read)\s+(?:say\s+|read\s+)?(?<content>[\s\S]+)/i,
    intent: ({ content = "" }) => ({ type: "rewriteLastFile", content: unquote(content) }),
  },
  {
    pattern: /\b(?:fix|repair|solve|debug)\b|\btests?\b.*\b(?:pass|green)\b|\b(?:failing|broken)\b.*\btests?\b/i,
    intent: () => ({ type: "runTests", fix: true }),
  },
  {
    pattern: /\b(?:run|execute|check)\b.*\btests?\b|\btest suite\b/i,
    intent: () => ({ type: "runTests", fix: false }),
  },
  {
    pattern: /\b(?:summari[sz]e|summary|explain|describe|overview)\b|\bwhat (?:does|is|do)\b|\bhow does\b/i,
    intent: () => ({ type: "summarise" }),
  },
];

/** Reads a prompt by keywords. Never fails: what is not understood becomes a note. */
export function readIntent(prompt: string): Intent {
  const text = prompt.trim();
  for (const { pattern, intent } of patterns) {
    const match = pattern.exec(text);
    if (match === null) continue;
    return intent(match.groups ?? {}) ?? readmeSection(text);
  }
  return { type: "note" };
}

function readmeSection(text: string): Intent {
  const named =
    /\bsection\s+(?:called|named|titled|about|on|for)?\s*(?:how to\s+)?(?:`([^`]+)`|"([^"]+)"|'([^']+)')/i.exec(text);
  const about =
    /\b(?:about|on|called|named|titled|explaining|describing|for)\s+(?:the\s+)?([\w][\w -]*?)(?=\s+(?:to|in|into)\s+(?:the\s+)?readme|[.,:!]|\s+section|$)/i.exec(
      text,
    );
  const before = /\b(?:an?|the)\s+([\w-]+(?:\s[\w-]+)?)\s+section\b/i.exec(text);
  const title = named?.slice(1).find(Boolean) ?? about?.[1] ?? before?.[1] ?? "Notes";
  const body = /\b(?:saying|that says|with the text|with text|:)\s+([\s\S]+)$/i.exec(text)?.[1];
  return {
    type: "readmeSection",
    title: title.charAt(0).toUpperCase() + title.slice(1),
    text: body ? unquote(body) : null,
  };
}

function pick(groups: Record<string, string>, name: string): string {
  return groups[`${name}A`] ?? groups[`${name}B`] ?? groups[`${name}C`] ?? groups[`${name}D`] ?? "";
}

/** What a file is to hold: a code fence, or the words after "with", "containing", "that says"; null if nothing is said. */
function contentOf(rest: string): string | null {
  const fence = /```[\w-]*\n([\s\S]*?)```/.exec(rest)?.[1];
  if (fence !== undefined) return fence;
  const said =
    /^\s*[:,]?\s*(?:(?:with|containing|that (?:says|contains|reads)|which says|saying|holding)\b:?\s*)?(?:(?:the\s+)?(?:text|contents?|line|words|message)\b:?\s*)?([\s\S]*)$/i.exec(
      rest,
    )?.[1] ?? "";
  const text = unquote(said);
  return text === "" ? null : text;
}

/** The text inside the quotes that it begins with; without quotes the text less a sentence's full stop. */
function unquote(text: string): string {
  const trimmed = text.trim();
  const quotedText = /^(?:`([^`]*)`|"([^"]*)"|'([^']*)'(?!\w)|“([^”]*)”)/.exec(trimmed);
  return quotedText?.slice(1).find((part) => part !== undefined) ?? trimmed.replace(/(?<=\w)\.$/, "");
}
