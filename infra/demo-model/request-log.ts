export type LoggedRequest = {
  at: string;
  model: string;
  kind: "turn" | "title" | "commitMessage";
  /** Answers with tool calls that the turn had before this request. */
  step: number;
  /** 200 also for an answer that is cut or hangs later. */
  status: number;
};

type Entry = LoggedRequest & { prompt: string };

const maxEntries = 20_000;
const promptEndChars = 1_000;

/** The requests seen since the start, the oldest forgotten first. Prompts are matched against, never given out. */
export function createRequestLog() {
  const entries: Entry[] = [];
  return {
    add(entry: Entry): void {
      const { prompt } = entry;
      const ends =
        prompt.length > 2 * promptEndChars ? prompt.slice(0, promptEndChars) + prompt.slice(-promptEndChars) : prompt;
      entries.push({ ...entry, prompt: ends });
      if (entries.length > maxEntries) entries.splice(0, maxEntries / 10);
    },
    /** Requests whose prompt (its first and last 1,000 characters) contains the text. */
    find(text: string): LoggedRequest[] {
      return entries.filter((entry) => entry.prompt.includes(text)).map(({ prompt: _, ...entry }) => entry);
    },
  };
}
