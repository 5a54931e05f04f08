import type { Database } from "@heddle/db/database";
import { hostLeaseMs, renewHost } from "@heddle/db/hosts";
import type { HostFence } from "@heddle/db/thread-change";
import type { Logger } from "pino";

/** Keeps the host's lease alive. @param onLost called once another worker has taken the host over */
export function keepLease(db: Database, fence: HostFence, log: Logger, onLost: () => void): { stop(): void } {
  const timer = setInterval(async () => {
    const ours = await renewHost(db, fence).catch((err) => {
      log.warn({ err }, "the lease could not be renewed; trying again");
      return true;
    });
    if (ours) return;
    clearInterval(timer);
    log.error("another worker runs on this home; stopping");
    onLost();
  }, hostLeaseMs / 3);
  return { stop: () => clearInterval(timer) };
}
