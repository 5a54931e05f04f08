import type { Token } from "./highlight.ts";
import { languageOf } from "./languages.ts";

/** Coloured tokens of the lines of a block's two sides, as far as they are known. */
export type BlockColours = { before: Token[][]; after: Token[][] };

type Side = { code: string; tokens: Token[][] };

const linesAtOnce = 300;
/** Beyond this many characters a side stays without colours. */
const longest = 2_000_000;

/** Colours the files of a diff bit by bit, so that scrolling never waits for it. */
export function createDiffColours() {
  const files = new Map<string, { version: string; blocks: BlockColours[]; listeners: Set<() => void> }>();
  const queue: (() => Promise<void>)[] = [];
  let busy = false;

  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let job = queue.shift(); job; job = queue.shift()) await job().catch(() => {}); // code without colours is still code
    busy = false;
  }

  function enqueue(path: string, version: string, { code, tokens }: Side): void {
    const language = languageOf(path);
    if (!language || code === "" || code.length > longest) return;
    const lines = code.split("\n");
    queue.push(async () => {
      const { highlightOn } = await import("./highlight.ts");
      let state: Parameters<typeof highlightOn>[2];
      for (let at = 0; at < lines.length; at += linesAtOnce) {
        if (files.get(path)?.version !== version) return;
        const done = await highlightOn(lines.slice(at, at + linesAtOnce).join("\n"), language, state);
        state = done.state;
        tokens.push(...done.tokens);
        const file = files.get(path);
        if (file) file.blocks = [...file.blocks];
        for (const tell of file?.listeners ?? []) tell();
        await new Promise((resolve) => setTimeout(resolve));
      }
    });
    void work();
  }

  function fileOf(path: string) {
    const file = files.get(path) ?? { version: "", blocks: [], listeners: new Set<() => void>() };
    files.set(path, file);
    return file;
  }

  return {
    /** Asks for the colours of a file's blocks, unless they were asked for in this `version`. */
    ask(path: string, version: string, sides: () => { before: string; after: string }[]): void {
      const file = fileOf(path);
      if (file.version === version) return;
      file.version = version;
      file.blocks = sides().map((block) => {
        const colours: BlockColours = { before: [], after: [] };
        enqueue(path, version, { code: block.before, tokens: colours.before });
        enqueue(path, version, { code: block.after, tokens: colours.after });
        return colours;
      });
    },
    /** What is known; another array once more is. */
    read: (path: string): readonly BlockColours[] => fileOf(path).blocks,
    listen(path: string, listener: () => void): () => void {
      const { listeners } = fileOf(path);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export type DiffColours = ReturnType<typeof createDiffColours>;
