import type { Database } from "@heddle/db/database";
import { type Hint, hintChannel, hintSchema } from "@heddle/db/hints.schema";
import type { Log } from "@heddle/telemetry/log";
import pg from "pg";

/** `poll`: hints may have been missed, look at the rows. */
export type HubEvent = Hint | { k: "poll" };
type Listener = (event: HubEvent) => void;

export type Hub = {
  /** Hears of one thread's changes, texts and jobs. @returns the way to stop */
  onThread(threadId: string, listener: Listener): () => void;
  /** Hears when lists of the workspace, or inboxes of its members, have changed. */
  onWorkspace(workspaceId: string, listener: Listener): () => void;
  close(): Promise<void>;
};

const reconnectDelayMs = 500;
const selfTestTimeoutMs = 3_000;
const pollMs = { healthy: 5_000, deaf: 1_000 };

/**
 * The process's one LISTEN connection, fanned out. It proves at each connection that hints arrive, by one of its own.
 * Hints may be lost at any time, so every listener is told to look at the rows every five seconds; every second while
 * no hint can arrive.
 */
export function createHub(options: { url: string; db: Database; log: Log }): Hub {
  const listeners = new Map<string, Set<Listener>>();
  const selfTest = `self-test:${crypto.randomUUID()}`;
  let client: pg.Client | null = null;
  let healthy = false;
  let closed = false;
  let pollTimer: NodeJS.Timeout | undefined;
  let retryTimer: NodeJS.Timeout | undefined;

  function add(topic: string, listener: Listener): () => void {
    const set = listeners.get(topic) ?? new Set();
    listeners.set(topic, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && listeners.get(topic) === set) listeners.delete(topic);
    };
  }

  function tell(topic: string, event: HubEvent): void {
    for (const listener of listeners.get(topic) ?? []) listener(event);
  }

  function poll(): void {
    clearTimeout(pollTimer);
    for (const topic of [...listeners.keys()]) tell(topic, { k: "poll" });
    if (!closed) pollTimer = setTimeout(poll, healthy ? pollMs.healthy : pollMs.deaf);
  }

  function receive(payload: string | undefined): void {
    const hint = parseHint(payload);
    if (!hint) return;
    if (!("w" in hint) || hint.k === "thread") tell(`thread:${hint.t}`, hint);
    else if (hint.w === selfTest) heardSelf();
    else tell(`workspace:${hint.w}`, hint);
  }

  function heardSelf(): void {
    if (healthy) return;
    healthy = true;
    poll();
  }

  function retry(failed: pg.Client): void {
    if (client !== failed) return;
    client = null;
    healthy = false;
    failed.end().catch(() => undefined);
    if (!closed) retryTimer = setTimeout(connect, reconnectDelayMs);
  }

  function connect(): void {
    const next = new pg.Client({ connectionString: options.url, application_name: "heddle-hub", keepAlive: true });
    client = next;
    next.on("notification", (message) => receive(message.payload));
    next.on("error", () => retry(next));
    next.on("end", () => retry(next));
    next
      .connect()
      .then(() => next.query(`LISTEN "${hintChannel}"`))
      .then(() => {
        options.db.publisher.send({ k: "workspace", w: selfTest });
        setTimeout(() => {
          if (client === next && !healthy)
            options.log.warn("hints do not arrive; streams look at the rows each second");
        }, selfTestTimeoutMs).unref();
      })
      .catch(() => retry(next));
  }

  connect();
  poll();
  return {
    onThread: (threadId, listener) => add(`thread:${threadId}`, listener),
    onWorkspace: (workspaceId, listener) => add(`workspace:${workspaceId}`, listener),
    async close() {
      closed = true;
      clearTimeout(pollTimer);
      clearTimeout(retryTimer);
      const last = client;
      client = null;
      await last?.end().catch(() => undefined);
    },
  };
}

function parseHint(payload: string | undefined): Hint | null {
  try {
    return hintSchema.safeParse(JSON.parse(payload ?? "")).data ?? null;
  } catch {
    return null;
  }
}
