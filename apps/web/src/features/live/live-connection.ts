import type { ThreadView } from "@heddle/db/threads.schema";
import { reviveThread } from "./revive-thread.ts";
import { applyEvents, emptyThread, type LiveItem, type ThreadEvent, type ThreadState } from "./thread-state.ts";

export type PresentPerson = { id: string; name: string; typing: boolean };

export type LiveStatus = "connecting" | "live" | "lost";

export type LiveHandlers = {
  /** Lists of the workspace changed. */
  onWorkspace(): void;
  /** The reader's inbox changed. */
  onInbox(): void;
  /** The connection is back: anything may have changed, or failed to load, while nobody listened. */
  onBack(): void;
  onThread(thread: ThreadView): void;
  /** A prompt was sent, here or elsewhere. */
  onPrompt(threadId: string): void;
  /** The thread's log of connections grew. */
  onNetwork(threadId: string): void;
  /** The server refused the stream: rights or session may be gone. */
  onRefused(): void;
};

export type LiveConnection = {
  /** Listens to the workspace and, unless null, to a thread, in place of what was listened to before. @returns the way to stop */
  open(threadId: string | null): () => void;
  subscribe(listener: () => void): () => void;
  status(): LiveStatus;
  thread(threadId: string): ThreadState;
  /** Who looks at the thread, this reader included; nobody while that is not known. */
  people(threadId: string): readonly PresentPerson[];
};

const flushMs = 24;
const retryMs = { first: 1_000, longest: 15_000 };
const keptThreads = 12;
const nobody: readonly PresentPerson[] = [];

/** The tab's one event stream. Threads seen before are kept, so that a return shows them at once and asks for the rest. */
export function createLiveConnection(handlers: LiveHandlers, workspaceId: string | undefined): LiveConnection {
  const threads = new Map<string, ThreadState>();
  const listeners = new Set<() => void>();
  let status: LiveStatus = "connecting";
  let present: { threadId: string | null; people: readonly PresentPerson[] } = { threadId: null, people: nobody };
  let close = () => {};

  function notify(): void {
    for (const listener of listeners) listener();
  }

  function setStatus(next: LiveStatus): void {
    if (status === next) return;
    status = next;
    if (status === "lost") present = { threadId: null, people: nobody };
    notify();
  }

  function keep(threadId: string, state: ThreadState): void {
    threads.delete(threadId);
    threads.set(threadId, state);
    const oldest = threads.keys().next().value;
    if (threads.size > keptThreads && oldest !== undefined) threads.delete(oldest);
    notify();
  }

  function open(threadId: string | null): () => void {
    close();
    present = { threadId: null, people: nobody };
    let source: EventSource | null = null;
    let waiting: ThreadEvent[] = [];
    let flushTimer: ReturnType<typeof setTimeout> | undefined;
    let retryTimer: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;
    let threadRefused = false;

    function flush(): void {
      flushTimer = undefined;
      const events = waiting;
      waiting = [];
      if (threadId !== null && events.length > 0) keep(threadId, applyEvents(thread(threadId), events));
    }

    /** Tokens come faster than a screen is drawn. */
    function take(event: ThreadEvent): void {
      waiting.push(event);
      flushTimer ??= setTimeout(flush, flushMs);
    }

    function connect(): void {
      const query = new URLSearchParams(workspaceId === undefined ? {} : { workspaceId });
      if (threadId !== null && !threadRefused) {
        query.set("threadId", threadId);
        query.set("after", String(thread(threadId).seq));
      }
      source = new EventSource(`/api/stream?${query}`);
      const on = <T>(name: string, handle: (data: T) => void) =>
        source?.addEventListener(name, (event) => handle(JSON.parse((event as MessageEvent<string>).data) as T));
      source.onopen = () => {
        if (status === "lost") handlers.onBack();
        setStatus("live");
        if (threadRefused) later(retryThread, retryMs.longest);
        else failures = 0;
      };
      source.onerror = lost;
      on<LiveItem>("item", (item) => {
        take({ type: "item", item });
        if (item.type === "userMessage" && threadId !== null) handlers.onPrompt(threadId);
      });
      on<{ itemId: string; text: string }>("delta", (delta) => take({ type: "delta", ...delta }));
      on<{ itemId: string }>("reset", (reset) => take({ type: "reset", ...reset }));
      on<{ people: PresentPerson[] }>("presence", ({ people }) => {
        present = { threadId, people };
        notify();
      });
      on("workspace", handlers.onWorkspace);
      on("inbox", handlers.onInbox);
      on("network", () => threadId !== null && handlers.onNetwork(threadId));
      on<ThreadView>("thread", (data) => {
        take({ type: "caughtUp", seq: data.seq });
        handlers.onThread(reviveThread(data));
      });
    }

    /** A broken connection is made again by the browser. A refused one is our task: without the thread first. */
    function lost(): void {
      if (source?.readyState !== EventSource.CLOSED) {
        setStatus("lost");
        return;
      }
      flush();
      handlers.onRefused();
      if (threadId !== null && !threadRefused) {
        threadRefused = true;
        connect();
        return;
      }
      setStatus("lost");
      threadRefused = false;
      later(connect, Math.min(retryMs.longest, retryMs.first * 2 ** failures));
      failures += 1;
    }

    function retryThread(): void {
      source?.close();
      threadRefused = false;
      connect();
    }

    function later(act: () => void, ms: number): void {
      clearTimeout(retryTimer);
      retryTimer = setTimeout(act, ms);
    }

    function stop(): void {
      source?.close();
      clearTimeout(retryTimer);
      clearTimeout(flushTimer);
      flush();
    }

    close = stop;
    connect();
    return stop;
  }

  const thread = (threadId: string) => threads.get(threadId) ?? emptyThread;

  return {
    open,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    status: () => status,
    thread,
    people: (threadId) => (present.threadId === threadId ? present.people : nobody),
  };
}
