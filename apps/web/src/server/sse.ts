export type StreamEvent = { event: string; id?: number; data: unknown };

/** One client's stream. Nothing is kept for a client that does not read: whoever writes asks for room first. */
export type EventSink = {
  readonly closed: AbortSignal;
  /** False while the client has not read what was sent: send nothing that can be had again later. */
  hasRoom(): boolean;
  /** Resolves once there is room, or once the stream is closed. */
  room(): Promise<void>;
  send(event: StreamEvent): void;
  close(): void;
};

const bufferBytes = 256 * 1024;
const keepAliveMs = 15_000;
const stalledAfterMs = 30_000;
const retryMs = 1_000;

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). Ends when `write` does, when the
 * client leaves, when it has read nothing for 30 seconds, or when `stopping` is aborted.
 */
export function eventStream(
  request: Request,
  stopping: AbortSignal,
  write: (sink: EventSink) => Promise<void>,
): Response {
  // Next answers HEAD by GET and never looks at the body: the stream would go on for nobody.
  if (request.method === "HEAD") return new Response(null, { headers });
  const over = new AbortController();
  const encoder = new TextEncoder();
  let waiting: (() => void)[] = [];
  let stalledSince: number | null = null;
  let keepAlive: NodeJS.Timeout | undefined;

  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const hasRoom = () => (controller.desiredSize ?? 0) > 0;
        const put = (text: string) => {
          if (over.signal.aborted) return;
          controller.enqueue(encoder.encode(text));
          if (!hasRoom()) stalledSince ??= Date.now();
        };
        const close = () => {
          if (over.signal.aborted) return;
          end();
          controller.close();
        };
        const sink: EventSink = {
          closed: over.signal,
          hasRoom,
          async room() {
            while (!hasRoom() && !over.signal.aborted) await new Promise<void>((resolve) => waiting.push(resolve));
          },
          send: ({ event, id, data }) =>
            put(`${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
          close,
        };
        keepAlive = setInterval(() => {
          if (hasRoom()) put(": keep-alive\n\n");
          else if (stalledSince !== null && Date.now() - stalledSince > stalledAfterMs) close();
        }, keepAliveMs);
        for (const signal of [request.signal, stopping]) {
          if (signal.aborted) close();
          else signal.addEventListener("abort", close, { once: true, signal: over.signal });
        }
        put(`retry: ${retryMs}\n\n`);
        write(sink)
          .catch(() => undefined)
          .finally(close);
      },
      pull() {
        stalledSince = null;
        wake();
      },
      cancel: end,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: bufferBytes }),
  );

  function wake(): void {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  }

  function end(): void {
    clearInterval(keepAlive);
    over.abort();
    wake();
  }

  return new Response(body, { headers });
}
