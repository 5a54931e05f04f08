import { setTimeout as sleep } from "node:timers/promises";

/** Waits until something holds. @throws an error that says what did not come to hold in time */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  { patienceMs = 120_000, pollMs = 50 }: { patienceMs?: number; pollMs?: number } = {},
): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Error(`It did not come to be that ${what}.`);
    await sleep(pollMs);
  }
}
