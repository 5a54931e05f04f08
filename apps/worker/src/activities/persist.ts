import { isOutage } from "@heddle/db/outage";

const firstDelayMs = 100;
const longestDelayMs = 2_000;

/**
 * Writes what has been done already, for as long as it takes the database to come back: a result that is lost here
 * would leave a command with an unknown effect, or an answer that is paid for twice.
 */
export async function persist<T>(write: () => Promise<T>): Promise<T> {
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(longestDelayMs, delayMs * 2)) {
    try {
      return await write();
    } catch (error) {
      if (!isOutage(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}
