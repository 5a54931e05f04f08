import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "./client.ts";
import type { Random } from "./random.ts";

export type Item = {
  seq: number;
  id: string;
  turnId: string;
  step: number;
  type: string;
  status: string;
  text?: string;
  command?: string;
  changes?: { path: string; kind: string }[];
  /** Of a command that is not the agent's own. */
  purpose?: string;
  /** Of a notice. */
  kind?: string;
};

/** Somebody who watches a thread from its beginning, and what they have by now. */
export type Follower = {
  name: string;
  /** By id. */
  items: ReadonlyMap<string, Item>;
  /** Number of the last change that they have. */
  cursor(): number;
  /** What no client may ever see. */
  wrongs: readonly string[];
  stop(): Promise<void>;
};

const ended = new Set(["completed", "failed", "interrupted", "declined"]);

function createView(name: string) {
  const items = new Map<string, Item>();
  const wrongs: string[] = [];
  let cursor = 0;
  return {
    name,
    items,
    wrongs,
    cursor: () => cursor,
    /** A change that came after `cursor`. */
    take(item: Item) {
      const before = items.get(item.id);
      if (before && item.seq <= before.seq) wrongs.push(`${name}: ${item.id} came again as of ${item.seq}`);
      if (before && ended.has(before.status) && item.status === "running")
        wrongs.push(`${name}: ${item.id} went back from ${before.status} to running`);
      items.set(item.id, item);
    },
    reach(seq: number) {
      if (seq < cursor) wrongs.push(`${name}: the numbers went back from ${cursor} to ${seq}`);
      cursor = Math.max(cursor, seq);
    },
  };
}

/** Polls `items?after=`, at odd intervals. */
export function followByPolling(client: Client, threadId: string, random: Random): Follower {
  const view = createView("the polling client");
  const stopped = new AbortController();
  const done = (async () => {
    while (!stopped.signal.aborted) {
      const after = view.cursor();
      const { items } = await client.get<{ items: Item[] }>(`/threads/${threadId}/items?after=${after}`);
      for (const item of items) {
        if (item.seq <= after) view.wrongs.push(`${view.name}: ${item.id} was not newer than ${after}`);
        view.take(item);
      }
      view.reach(Math.max(after, ...items.map((item) => item.seq)));
      await sleep(random.between(300, 1_500));
    }
  })();
  return {
    ...view,
    async stop() {
      stopped.abort();
      await done;
    },
  };
}

/** Follows the stream, is cut off at random moments, and resumes with `Last-Event-ID`. */
export function followByStream(client: Client, threadId: string, random: Random): Follower {
  const view = createView("the streaming client");
  const texts = new Map<string, string>();
  let stopped = false;
  let connection = new AbortController();

  function take(event: string, id: number | null, data: unknown): void {
    if (event === "item") {
      const item = data as Item;
      if (id !== item.seq || id <= view.cursor())
        view.wrongs.push(`${view.name}: event ${id} came after ${view.cursor()}`);
      const streamed = texts.get(item.id);
      if (item.type === "agentMessage" && item.status === "completed" && !item.text?.startsWith(streamed ?? ""))
        view.wrongs.push(`${view.name}: "${streamed}" was streamed of "${item.text}"`);
      view.take(item);
      if (item.type === "agentMessage") texts.set(item.id, item.text ?? "");
    } else if (event === "delta") {
      const { itemId, text } = data as { itemId: string; text: string };
      texts.set(itemId, (texts.get(itemId) ?? "") + text);
    } else if (event === "reset") {
      texts.set((data as { itemId: string }).itemId, "");
    }
    if (id !== null) view.reach(id);
  }

  async function listen(): Promise<void> {
    connection = new AbortController();
    const cut = setTimeout(() => connection.abort(), random.between(200, 4_000));
    try {
      const resume = { "last-event-id": String(view.cursor()) };
      const response = await client.open(`/threads/${threadId}/events`, resume, connection.signal);
      if (!response.ok) throw new Error(`the stream was refused: ${response.status}`);
      const decoder = new TextDecoder();
      let rest = "";
      for await (const chunk of response.body ?? []) {
        const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
        rest = blocks.pop() ?? "";
        for (const block of blocks) readBlock(block, take);
      }
    } finally {
      clearTimeout(cut);
    }
  }

  const done = (async () => {
    while (!stopped) {
      await listen().catch(() => undefined);
      await sleep(random.between(20, 300));
    }
  })();
  return {
    ...view,
    async stop() {
      stopped = true;
      connection.abort();
      await done;
    },
  };
}

function readBlock(block: string, take: (event: string, id: number | null, data: unknown) => void): void {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
  const [event, id, data] = [field("event"), field("id"), field("data")];
  if (event === undefined || data === undefined) return;
  take(event, id === undefined ? null : Number(id), JSON.parse(data));
}
