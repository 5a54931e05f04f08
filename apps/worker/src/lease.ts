import type { Database } from "@heddle/db/database";
import { hostLeaseMs, renewHost } from "@heddle/db/hosts";
import type { HostFence } from "@heddle/db/thread-change";
import type { Logger } from "pino";

const renewEveryMs = hostLeaseMs / 3;
const tryAgainMs = 500;

/** Keeps the host's lease alive. @param onLost called once another worker, or another host, has taken over */
export function keepLease(db: Database, fence: HostFence, log: Logger, onLost: () => void): { stop(): void } {
  let timer: NodeJS.Timeout;
  let stopped = false;

  async function renew(): Promise<void> {
    const state = await renewHost(db, fence).catch((err: unknown) => {
      log.warn({ err }, "the lease could not be renewed; trying again");
      return "unknown" as const;
    });
    if (stopped) return;
    if (state !== false) return renewIn(state === "unknown" ? tryAgainMs : renewEveryMs);
    log.error("another worker runs on this home, or another host has taken over its threads; stopping");
    onLost();
  }

  function renewIn(ms: number): void {
    timer = setTimeout(renew, ms);
  }

  renewIn(renewEveryMs);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
