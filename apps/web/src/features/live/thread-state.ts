import type { Item } from "@heddle/ui/types";

/** An item as the stream sends it: moments are ISO text. */
export type LiveItem = Item & { step: number };

export type ThreadEvent =
  | { type: "item"; item: LiveItem }
  | { type: "delta"; itemId: string; text: string }
  | { type: "reset"; itemId: string }
  /** The thread itself was sent: everything changed up to `seq` has come before. */
  | { type: "caughtUp"; seq: number };

export type ThreadState = {
  /** By turn in the order of the turns, within a turn in the order in which things happened. */
  items: readonly LiveItem[];
  /** Number of the last change seen: where a reconnect goes on. */
  seq: number;
  /** All items were there at least once. */
  loaded: boolean;
};

export const emptyThread: ThreadState = { items: [], seq: 0, loaded: false };

/** The state after some events of the stream. Untouched items stay identical. */
export function applyEvents(state: ThreadState, events: readonly ThreadEvent[]): ThreadState {
  const items = new Map(state.items.map((item) => [item.id, item]));
  let { seq, loaded } = state;
  let grown = false;
  for (const event of events) {
    if (event.type === "item") {
      const { item } = event;
      const known = items.get(item.id);
      seq = Math.max(seq, item.seq);
      if (known && known.seq > item.seq) continue;
      grown ||= known?.step !== item.step || known.type !== item.type;
      items.set(item.id, item);
    } else if (event.type === "caughtUp") {
      seq = Math.max(seq, event.seq);
      loaded = true;
    } else {
      const item = items.get(event.itemId);
      const changed = item && withText(item, event.type === "delta" ? (text) => text + event.text : () => "");
      if (changed) items.set(event.itemId, changed);
    }
  }
  const list = [...items.values()];
  return { items: grown ? inOrder(list) : list, seq, loaded };
}

/** Texts grow while their item runs; what has ended is as its row says. */
function withText(item: LiveItem, change: (text: string) => string): LiveItem | null {
  if (item.status !== "running") return null;
  if (item.type === "agentMessage" || item.type === "reasoning") return { ...item, text: change(item.text) };
  if (item.type === "commandExecution") return { ...item, output: change(item.output ?? "") };
  return null;
}

/** Of what happened to a thread after a turn had ended; it is kept with that turn. */
export const afterSteps = 2_000_000;

const ranks: Partial<Record<Item["type"], number>> = { userMessage: 0, reasoning: 1, agentMessage: 2 };
/** That the model was asked in vain comes before what it answered at last. */
const isWait = (item: LiveItem) => item.type === "notice" && item.kind === "modelWait";
const rankOf = (item: LiveItem) => (isWait(item) ? 1 : (ranks[item.type] ?? 3));
/** A dev server's log is put under the turn that was last, but belongs to none of its steps. */
export const stepOf = (item: LiveItem) =>
  item.type === "commandExecution" && item.purpose === "dev" ? afterSteps : item.step;
const timeOf = (item: LiveItem) => new Date(item.createdAt).getTime();
const byNumber = new Intl.Collator("en", { numeric: true });

/** Follow-ups are queued while a turn runs, so items must be put together by turn; a turn begins with its prompt. */
function inOrder(items: LiveItem[]): LiveItem[] {
  const begun = new Map<string, number>();
  for (const item of items) {
    const at = timeOf(item);
    begun.set(item.turnId, Math.min(at, begun.get(item.turnId) ?? at));
  }
  const compareTurns = (a: string, b: string) => (begun.get(a) ?? 0) - (begun.get(b) ?? 0) || (a < b ? -1 : 1);
  return items.sort((a, b) => {
    if (a.turnId !== b.turnId) return compareTurns(a.turnId, b.turnId);
    const rank = rankOf(a);
    const within = stepOf(a) - stepOf(b) || rank - rankOf(b);
    // The calls of a step are made at once; notices and failures come as they happen.
    return within || (rank === 3 ? timeOf(a) - timeOf(b) : 0) || byNumber.compare(a.id, b.id);
  });
}
