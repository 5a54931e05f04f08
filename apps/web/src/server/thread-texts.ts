import type { Hint } from "@heddle/db/hints.schema";
import type { StreamedItem } from "@heddle/db/items";
import type { EventSink } from "./sse.ts";

type Delta = Extract<Hint, { k: "delta" }>;

/** Of a running item: how much of which attempt's text the client has, in UTF-16 units. */
type Progress = { attempt: number; offset: number };

export type ThreadTexts = {
  /** Takes text as it comes. @returns false when its row must be read before it can be sent */
  takeDelta(delta: Delta): boolean;
  /** The client has been sent this row: its text is what the client has. */
  afterItem(item: StreamedItem): void;
  /** A running row as it is now: sends what the client lacks of its text. */
  catchUp(item: StreamedItem): void;
  /** Waiting texts, to be given to `settle` once the rows have been read. */
  mark(): number;
  /** Sends what waited for its row. What waited before `mark` and whose item does not run is dropped. @returns false when some still waits */
  settle(mark: number): boolean;
};

/** About a quarter of a megabyte; what is dropped comes again with the row. */
const maxWaiting = 256;

/**
 * The streamed texts of one client's thread. Text comes as hints that may be lost, repeated or early, each with its
 * offset; rows have the text so far, a second late. From both the client gets every piece once and in order.
 */
export function createThreadTexts(sink: EventSink): ThreadTexts {
  const running = new Map<string, Progress>();
  let waiting: Delta[] = [];

  function append(itemId: string, progress: Progress, text: string): void {
    if (text === "") return;
    sink.send({ event: "delta", data: { itemId, text } });
    progress.offset += text.length;
  }

  function wait(delta: Delta): false {
    waiting.push(delta);
    if (waiting.length > maxWaiting) waiting.shift();
    return false;
  }

  function takeDelta(delta: Delta): boolean {
    const progress = running.get(delta.i);
    if (!progress || delta.attempt > progress.attempt) return wait(delta);
    if (delta.attempt < progress.attempt) return true;
    const known = progress.offset - delta.offset;
    if (known >= delta.text.length) return true;
    if (known < 0 || !sink.hasRoom()) return wait(delta);
    append(delta.i, progress, delta.text.slice(known));
    return true;
  }

  /** From the start: for clients that only append. */
  function restart({ id, attempt }: StreamedItem, text: string, fresh: boolean): void {
    const progress = { attempt, offset: 0 };
    if (!fresh) sink.send({ event: "reset", data: { itemId: id } });
    running.set(id, progress);
    append(id, progress, text);
  }

  return {
    takeDelta,
    afterItem(item) {
      const text = textOf(item);
      if (item.status !== "running" || text === null) running.delete(item.id);
      else restart(item, text, text === "" && !running.has(item.id));
    },
    catchUp(item) {
      const text = textOf(item);
      if (text === null) return;
      const progress = running.get(item.id);
      if (!progress) restart(item, text, false);
      else if (progress.attempt === item.attempt) append(item.id, progress, text.slice(progress.offset));
    },
    mark: () => waiting.length,
    settle(mark) {
      const held = waiting;
      waiting = [];
      let settled = true;
      for (const [index, delta] of held.entries()) {
        if (index < mark && !running.has(delta.i)) continue;
        settled = takeDelta(delta) && settled;
      }
      return settled;
    },
  };
}

/** The part of an item that grows while it runs; `null` when none does. */
function textOf(item: StreamedItem): string | null {
  switch (item.type) {
    case "agentMessage":
    case "reasoning":
      return item.text;
    case "commandExecution":
      return item.output;
    default:
      return null;
  }
}
