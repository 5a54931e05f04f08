import type { Database } from "@heddle/db/database";
import type { TurnScope } from "@heddle/db/run-scope";
import { appendOutput, savePartialOutput } from "@heddle/db/run-tool";
import { persist } from "./persist.ts";
import { createTextStream } from "./text-stream.ts";

/** Size of the pieces in which the whole output is kept. */
const chunkBytes = 256 * 1024;
/** How much of a running command's output is shown live; the rest is there when it has ended. */
const liveChars = 200_000;

export type OutputRecorder = { push(chunk: Uint8Array): void; end(): Promise<void> };

/** Keeps a command's output whole, in order, and shows its beginning live. */
export function createOutputRecorder(db: Database, scope: TurnScope, itemId: string, data: unknown): OutputRecorder {
  const live = createTextStream(db, { threadId: scope.threadId, itemId, attempt: 0 }, (text) =>
    savePartialOutput(scope, itemId, data, text),
  );
  const decoder = new TextDecoder();
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let index = 0;
  let writing = Promise.resolve();

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
      pending.push(chunk);
      pendingBytes += chunk.length;
      if (pendingBytes >= chunkBytes) flush();
      if (live.text.length < liveChars) live.push(decoder.decode(chunk, { stream: true }));
    },
    async end() {
      flush();
      await live.end();
      await writing;
    },
  };
}
