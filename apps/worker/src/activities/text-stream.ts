import type { Database } from "@heddle/db/database";

const saveEveryMs = 500;

export type TextStream = {
  /** Sends `text` to whoever watches, at once. */
  push(text: string): void;
  /** Waits for a save under way; nothing is saved afterwards. */
  end(): Promise<void>;
  readonly text: string;
};

/**
 * The text of one running item as it grows: each piece goes out as a hint, and the whole is kept now and then for
 * whoever joins in the middle.
 * @param save keeps the text so far; failures are ignored, the finished item carries the whole
 */
export function createTextStream(
  db: Database,
  item: { threadId: string; itemId: string; attempt: number },
  save: (text: string) => Promise<void>,
): TextStream {
  let text = "";
  let saving: Promise<void> | null = null;
  let savedLength = 0;
  let timer: NodeJS.Timeout | null = null;
  let ended = false;

  function scheduleSave(): void {
    timer ??= setTimeout(() => {
      timer = null;
      if (ended || saving) return;
      savedLength = text.length;
      saving = save(text)
        .catch(() => undefined)
        .finally(() => {
          saving = null;
          if (!ended && text.length > savedLength) scheduleSave();
        });
    }, saveEveryMs);
  }

  return {
    get text() {
      return text;
    },
    push(raw) {
      // PostgreSQL takes no NUL: dropped before it is counted, so that offsets fit what is kept.
      const piece = raw.replaceAll("\0", "");
      if (ended || piece === "") return;
      const { threadId, itemId, attempt } = item;
      db.publisher.send({ k: "delta", t: threadId, i: itemId, attempt, offset: text.length, text: piece });
      text += piece;
      scheduleSave();
    },
    async end() {
      ended = true;
      if (timer) clearTimeout(timer);
      await saving;
    },
  };
}
