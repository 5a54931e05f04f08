import pg from "pg";
import { type Hint, hintChannel } from "./hints.schema.ts";

/** NOTIFY refuses 8,000 bytes and more; a UTF-16 unit takes at most 3 bytes of UTF-8, escaped in JSON at most 6. */
const deltaChunkLength = 1_100;
const reconnectDelayMs = 500;
const timeoutMs = 5_000;
/** More are dropped: readers look at the rows anyway. */
const mostQueued = 5_000;

export type Publisher = { send(hint: Hint): void; close(): Promise<void> };

/**
 * Sends hints after commit through one connection of its own, in order. Hints queued while a send is under way leave
 * together in the next one, and neighbouring deltas of an item are joined, so that load coalesces by itself.
 */
export function createPublisher(url: string): Publisher {
  let client: pg.Client | null = null;
  let queue: Hint[] = [];
  let running: Promise<void> | null = null;
  let closed = false;

  async function connected(): Promise<pg.Client> {
    if (client) return client;
    const next = new pg.Client({
      connectionString: url,
      application_name: "heddle-publisher",
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
    });
    next.on("error", () => {
      if (client === next) client = null;
    });
    await next.connect();
    client = next;
    return next;
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      const payloads = batch
        .reduce(join, [] as Hint[])
        .flatMap(split)
        .map((hint) => JSON.stringify(hint));
      try {
        await (await connected()).query("SELECT pg_notify($1, p) FROM unnest($2::text[]) AS p", [
          hintChannel,
          payloads,
        ]);
      } catch {
        // Hints are only hints: those of a lost connection are dropped, and readers heal by polling.
        client?.end().catch(() => undefined);
        client = null;
        if (!closed) await new Promise((resolve) => setTimeout(resolve, reconnectDelayMs));
      }
    }
    running = null;
  }

  return {
    send(hint) {
      if (closed) return;
      if (queue.length >= mostQueued) queue = [];
      queue.push(hint);
      running ??= Promise.resolve().then(drain);
    },
    async close() {
      closed = true;
      await running;
      await client?.end().catch(() => undefined);
    },
  };
}

function join(joined: Hint[], hint: Hint): Hint[] {
  const last = joined.at(-1);
  const continues =
    last?.k === "delta" &&
    hint.k === "delta" &&
    last.i === hint.i &&
    last.attempt === hint.attempt &&
    last.offset + last.text.length === hint.offset;
  if (continues) joined[joined.length - 1] = { ...last, text: last.text + hint.text };
  else joined.push(hint);
  return joined;
}

function split(hint: Hint): Hint[] {
  if (hint.k !== "delta" || hint.text.length <= deltaChunkLength) return [hint];
  const parts: Hint[] = [];
  for (let start = 0; start < hint.text.length; start += deltaChunkLength) {
    const text = hint.text.slice(start, start + deltaChunkLength);
    parts.push({ ...hint, offset: hint.offset + start, text });
  }
  return parts;
}
