import { changedItems, runningItems } from "@heddle/db/items";
import type { ThreadScope } from "@heddle/db/scope";
import { getThread } from "@heddle/db/threads";
import { createBell } from "./bell.ts";
import type { Hub, HubEvent } from "./hub.ts";
import type { EventSink } from "./sse.ts";
import { createThreadTexts } from "./thread-texts.ts";

const batchSize = 100;
const recheckMs = 5_000;
/** Between looks at a row whose text is awaited: workers store it each second. */
const textPauseMs = 100;

type Options = {
  hub: Hub;
  sink: EventSink;
  scope: ThreadScope;
  /** Number of the last change that the client has. */
  after: number;
  /** @throws once the client has lost the right to look */
  recheck: () => Promise<ThreadScope>;
};

/**
 * A thread live, until the stream is closed or the right to look is lost: every item changed after `after`, by `seq`,
 * each change once; the texts of running items; the thread itself when it changes; a word when its log of connections has
 * grown. Hints only say when to look: what is
 * sent is read from the rows, so a lost hint delays and never loses.
 */
export async function streamThread({ hub, sink, scope: first, after, recheck }: Options): Promise<void> {
  let scope = first;
  const texts = createThreadTexts(sink);
  let cursor = after;
  let lastThread = "";
  let checkedAt = Date.now();
  let textTimer: NodeJS.Timeout | undefined;
  const bell = createBell();

  const ringForText = () => {
    textTimer ??= setTimeout(() => {
      textTimer = undefined;
      bell.ring();
    }, textPauseMs);
  };

  const isNews = (event: HubEvent) => event.k === "thread" && event.seq > cursor;

  /** Everything changed since `cursor`. The thread is read first: whatever it counts, the items read after it hold. */
  async function sendChanges(): Promise<void> {
    for (;;) {
      const thread = await getThread(scope);
      const items = await changedItems(scope, { after: cursor, limit: batchSize });
      for (const item of items) {
        await sink.room();
        if (sink.closed.aborted) return;
        const { attempt: _, ...view } = item;
        cursor = item.seq;
        sink.send({ event: "item", id: cursor, data: view });
        texts.afterItem(item);
      }
      if (items.length === batchSize) continue;
      const { seq, updatedAt: __, ...visible } = thread;
      const state = JSON.stringify(visible);
      cursor = Math.max(cursor, seq);
      if (state === lastThread) return;
      lastThread = state;
      sink.send({ event: "thread", id: cursor, data: thread });
      return;
    }
  }

  async function sendTexts(): Promise<void> {
    const mark = texts.mark();
    for (const item of await runningItems(scope, { upTo: cursor })) {
      await sink.room();
      texts.catchUp(item);
    }
    if (!texts.settle(mark)) ringForText();
  }

  const stopListening = hub.onThread(scope.threadId, (event) => {
    if (event.k === "poll" || isNews(event)) bell.ring();
    else if (event.k === "delta" && !texts.takeDelta(event)) ringForText();
    else if (event.k === "network" && sink.hasRoom()) sink.send({ event: "network", data: {} });
  });
  const stopWatching = hub.onWorkspace(scope.workspaceId, () => {
    checkedAt = 0;
    bell.ring();
  });
  sink.closed.addEventListener("abort", bell.ring, { once: true });
  try {
    while (!sink.closed.aborted) {
      if (Date.now() - checkedAt > recheckMs) {
        scope = await recheck();
        checkedAt = Date.now();
      }
      await sendChanges();
      await sendTexts();
      await bell.rung();
    }
  } finally {
    clearTimeout(textTimer);
    stopListening();
    stopWatching();
  }
}
