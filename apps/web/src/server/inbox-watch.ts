import type { Database } from "@heddle/db/database";
import { forgetInbox } from "@heddle/db/inbox-forget";
import { reconcileHostTrouble } from "@heddle/db/inbox-hosts";
import type { Log } from "@heddle/telemetry/log";

const intervalMs = 15_000;
const forgetEvery = 240;

/**
 * Tells of hosts that have died, from here because with the last worker everything else has stopped; and once an hour
 * forgets what was settled long ago.
 */
export function startInboxWatch(db: Database, log: Log): { stop(): Promise<void> } {
  let rounds = 0;
  let running: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    await reconcileHostTrouble(db);
    if (rounds % forgetEvery === 0) await forgetInbox(db);
    rounds += 1;
  }

  const timer = setInterval(() => {
    running = running.then(look).catch((err: unknown) => log.warn({ err }, "the inbox watch failed; trying again"));
  }, intervalMs);

  return {
    stop() {
      clearInterval(timer);
      return running;
    },
  };
}
