import type { Database } from "@heddle/db/database";
import { claimEmails, endEmail, type InboxEmailContent, retryEmail } from "@heddle/db/send-inbox-email";
import type { Logger } from "pino";
import type { Mailer } from "./mailer.ts";

const intervalMs = 3_000;
const atOnce = 4;

/** Sends what is due until stopped. Any number of workers may do so at the same time. */
export function startEmails(db: Database, mailer: Mailer, log: Logger): { stop(): Promise<void> } {
  let stopped = false;
  let wake: () => void = () => undefined;

  async function deliver(content: InboxEmailContent): Promise<void> {
    const { itemId } = content;
    const outcome = await mailer.send(content).catch((err: unknown) => {
      log.warn({ err, itemId }, "an e-mail could not be sent; it is tried again later");
      return null;
    });
    if (outcome === null) await retryEmail(db, itemId);
    else await endEmail(db, itemId, outcome);
    if (outcome === "refused") log.warn({ itemId }, "the SMTP server refuses an e-mail; it is not sent again");
  }

  const loop = (async () => {
    while (!stopped) {
      const claimed = await claimEmails(db, atOnce).catch((err: unknown) => {
        log.warn({ err }, "e-mails that are due could not be read; trying again");
        return [];
      });
      const done = await Promise.allSettled(claimed.map(deliver));
      for (const result of done) {
        if (result.status === "rejected") log.warn({ err: result.reason }, "the outcome of an e-mail was not kept");
      }
      if (stopped || claimed.length === atOnce) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, intervalMs);
      });
    }
    mailer.close();
  })();

  return {
    stop() {
      stopped = true;
      wake();
      return loop;
    },
  };
}
