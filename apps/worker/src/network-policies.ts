import type { NetworkPolicy } from "@heddle/agent/sandbox/types";
import type { Database } from "@heddle/db/database";
import {
  logDecisions,
  type NetworkLists,
  type NewDecision,
  networkLists,
  newDecision,
} from "@heddle/db/network-decisions";
import type { Logger } from "pino";
import { persist } from "./activities/persist.ts";

export type NetworkPolicies = {
  /** What a thread's sandbox may reach: its project's lists as they are, a second old at most. */
  of(threadId: string): NetworkPolicy;
  /** Keeps what has not been kept yet. */
  close(): Promise<void>;
};

const listsAgeMs = 1_000;
const logAfterMs = 200;
/** While the database is away; then they are counted. */
const mostWaiting = 5_000;

type DecisionLog = { add(decision: NewDecision): void; flush(): Promise<void> };

export function createNetworkPolicies(db: Database, log: Logger): NetworkPolicies {
  const unfinished = new Set<DecisionLog>();
  return {
    of: (threadId) => {
      const lists = createLists(() => networkLists(db, threadId));
      const decisions = createDecisionLog(unfinished, async (batch, unlogged) => {
        try {
          await persist(() => logDecisions(db, threadId, batch, { unlogged }));
        } catch (error) {
          log.error({ err: error, threadId, decisions: batch.length }, "decisions on connections are lost");
        }
      });
      return {
        allowedHosts: async (list) => (await lists())[list],
        onDecision: (decision) => decisions.add(newDecision(decision)),
        decisionsKept: decisions.flush,
      };
    },
    close: async () => {
      await Promise.all([...unfinished].map((decisions) => decisions.flush()));
    },
  };
}

/** Reads at most once in a second, however many connections ask. */
function createLists(read: () => Promise<NetworkLists>): () => Promise<NetworkLists> {
  let latest: Promise<NetworkLists> | null = null;
  let readAt = 0;
  return () => {
    const now = performance.now();
    if (latest === null || now - readAt > listsAgeMs) {
      const reading = read();
      reading.catch(() => {
        if (latest === reading) latest = null;
      });
      latest = reading;
      readAt = now;
    }
    return latest;
  };
}

/** Gathers decisions and writes them in batches, in order; it is among `unfinished` while there is something to write. */
function createDecisionLog(
  unfinished: Set<DecisionLog>,
  write: (batch: NewDecision[], unlogged: number) => Promise<void>,
): DecisionLog {
  let waiting: NewDecision[] = [];
  let unlogged = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  const writeAll = async () => {
    while (waiting.length > 0 || unlogged > 0) {
      const batch = { waiting, unlogged };
      waiting = [];
      unlogged = 0;
      await write(batch.waiting, batch.unlogged);
    }
    unfinished.delete(decisions);
  };
  const decisions: DecisionLog = {
    add: (decision) => {
      unfinished.add(decisions);
      if (waiting.length < mostWaiting) waiting.push(decision);
      else unlogged += 1;
      timer ??= setTimeout(decisions.flush, logAfterMs);
    },
    flush: () => {
      clearTimeout(timer);
      timer = undefined;
      writing = writing.then(writeAll);
      return writing;
    },
  };
  return decisions;
}
