import type { Database } from "@heddle/db/database";
import { AppError } from "@heddle/db/errors";
import { interruptedAmong } from "@heddle/db/interrupts";

const pollMs = 75;

export type Interrupts = {
  /** Runs a step of a turn with a signal that is aborted, with INTERRUPTED, soon after somebody has interrupted the turn. */
  during<T>(turnId: string, work: (interrupt: AbortSignal) => Promise<T>): Promise<T>;
};

/**
 * Looks at the rows of all turns at work in this process together, and at none while nothing runs. A database that is
 * away delays an interrupt and ends nothing.
 */
export function createInterrupts(db: Database): Interrupts {
  const watched = new Map<AbortController, string>();
  let looking = false;

  async function look(): Promise<void> {
    const found = new Set(await interruptedAmong(db, [...new Set(watched.values())]).catch(() => []));
    for (const [controller, turnId] of watched) {
      if (!found.has(turnId)) continue;
      watched.delete(controller);
      controller.abort(new AppError("INTERRUPTED"));
    }
    looking = false;
    lookLater();
  }

  function lookLater(): void {
    if (looking || watched.size === 0) return;
    looking = true;
    setTimeout(look, pollMs);
  }

  return {
    async during(turnId, work) {
      const controller = new AbortController();
      watched.set(controller, turnId);
      lookLater();
      try {
        return await work(controller.signal);
      } finally {
        watched.delete(controller);
      }
    },
  };
}
