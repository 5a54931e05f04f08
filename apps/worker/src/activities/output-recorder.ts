import type { Database } from "@heddle/db/database";
import { appendOutput, type OutputScope, savePartialOutput } from "@heddle/db/run-tool";
import { persist } from "./persist.ts";
import { createTextStream } from "./text-stream.ts";

/** Size of the pieces in which the whole output is kept. */
const chunkBytes = 256 * 1024;
/** How much of a running command's output is shown live; the rest is there when it has ended. */
const liveChars = 200_000;
/** A command cannot be slowed down: what the database has not taken yet lies in memory, so there must be an end to it. */
const defaultMaxBytes = 256 * 1024 * 1024;

export type OutputRecorder = { push(chunk: Uint8Array): void; end(): Promise<void> };

/**
 * Keeps a command's output whole, in order, and shows its beginning live.
 * @param options.maxBytes of output that goes on without end only so much is kept, with a line that says so
 */
export function createOutputRecorder(
  db: Database,
  scope: OutputScope,
  itemId: string,
  data: unknown,
  { maxBytes = defaultMaxBytes }: { maxBytes?: number } = {},
): OutputRecorder {
  const live = createTextStream(db, { threadId: scope.threadId, itemId, attempt: 0 }, (text) =>
    savePartialOutput(scope, itemId, data, text),
  );
  const decoder = new TextDecoder();
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let keptBytes = 0;
  let full = false;
  let index = 0;
  let writing = Promise.resolve();

  function keep(chunk: Uint8Array): void {
    pending.push(chunk);
    pendingBytes += chunk.length;
    keptBytes += chunk.length;
    if (pendingBytes >= chunkBytes) flush();
  }

  function flush(): void {
    if (pendingBytes === 0) return;
    const piece = Buffer.concat(pending);
    const at = index;
    index += 1;
    pending = [];
    pendingBytes = 0;
    writing = writing.then(() => persist(() => appendOutput(scope, itemId, at, piece)));
    writing.catch(() => undefined);
  }

  return {
    push(chunk) {
      if (full) return;
      const room = maxBytes - keptBytes;
      full = chunk.length > room;
      keep(full ? chunk.subarray(0, room) : chunk);
      if (full) keep(Buffer.from(`\n[the output goes on; only its first ${maxBytes} bytes are kept]\n`));
      if (live.text.length < liveChars) live.push(decoder.decode(chunk, { stream: true }));
    },
    async end() {
      flush();
      await live.end();
      await writing;
    },
  };
}
