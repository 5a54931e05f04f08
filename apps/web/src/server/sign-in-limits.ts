import { AppError } from "@heddle/db/errors";
import pg from "pg";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";

export type SignInLimits = {
  /** Counts an attempt before the password is looked at. @throws RATE_LIMITED */
  attempt(email: string, ip: string | null): Promise<void>;
  /** The attempt was right: it does not count. */
  succeeded(email: string, ip: string | null): Promise<void>;
  close(): Promise<void>;
};

/** From one machine; wide enough for a person who mistypes. */
const perMachine = { points: 10, duration: 60 };
/** From everywhere together: a guesser with many machines is slowed, and the owner is not locked out for long. */
const perAddress = { points: 100, duration: 15 * 60 };

/** Counters live in PostgreSQL, so that they hold across restarts and processes. */
export function createSignInLimits(options: { url: string }): SignInLimits {
  const pool = new pg.Pool({ connectionString: options.url, max: 2, application_name: "heddle-limits" });
  pool.on("error", () => undefined);
  const shared = { storeClient: pool, storeType: "pool", tableName: "rate_limits", tableCreated: true };
  const machine = new RateLimiterPostgres({ ...shared, ...perMachine, keyPrefix: "sign-in-machine" });
  const address = new RateLimiterPostgres({ ...shared, ...perAddress, keyPrefix: "sign-in-address" });
  const keys = (email: string, ip: string | null) => {
    const name = email.trim().toLowerCase().slice(0, 150);
    return { machineKey: `${ip ?? "unknown"}|${name}`, addressKey: name };
  };

  return {
    async attempt(email, ip) {
      const { machineKey, addressKey } = keys(email, ip);
      try {
        await machine.consume(machineKey);
        await address.consume(addressKey);
      } catch (error) {
        throw error instanceof RateLimiterRes ? new AppError("RATE_LIMITED") : error;
      }
    },
    async succeeded(email, ip) {
      const { machineKey, addressKey } = keys(email, ip);
      await Promise.all([machine.delete(machineKey), address.reward(addressKey, 1)]);
    },
    close: () => pool.end(),
  };
}
