/** Passes a command's standard input on, never more than a window ahead of what the command has read. */
export type StdinFeed = {
  /** The runner handed so many bytes to the command. */
  taken(bytes: number): void;
  /** Nothing more is wanted: the command ended or closed its input. */
  stop(): void;
};

type Sink = { write(chunk: Uint8Array): void; end(): void; fail(error: unknown): void };

const windowBytes = 256 * 1024;
const chunkBytes = 64 * 1024;

/** Starts passing `source` to `sink`; an error of the source reaches `sink.fail`. */
export function feedStdin(source: Uint8Array | AsyncIterable<Uint8Array>, sink: Sink): StdinFeed {
  let free = windowBytes;
  let stopped = false;
  let wake = () => {};
  const chunks = (source instanceof Uint8Array ? [source] : source) as AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

  const pump = async () => {
    for await (const chunk of chunks) {
      for (let start = 0; start < chunk.byteLength; start += chunkBytes) {
        const part = chunk.subarray(start, start + chunkBytes);
        while (free < part.byteLength && !stopped) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (stopped) return;
        free -= part.byteLength;
        sink.write(part);
      }
      if (stopped) return;
    }
    if (!stopped) sink.end();
  };
  pump().catch((error: unknown) => {
    if (!stopped) sink.fail(error);
  });

  return {
    taken: (bytes) => {
      free += bytes;
      wake();
    },
    stop: () => {
      stopped = true;
      wake();
    },
  };
}
