import { isIPv6 } from "node:net";
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

/** From one machine for one address; wide enough for a person who mistypes, too narrow to use up what the address has. */
const perMachineAndAddress = { points: 10, duration: 5 * 60 };
/** From one machine for all addresses: each attempt costs a hash, and one password may be tried on many people. */
const perMachine = { points: 100, duration: 5 * 60 };
/** From everywhere together: a guesser with many machines is slowed, and the owner is not locked out for long. */
const perAddress = { points: 100, duration: 15 * 60 };

/** Counters live in PostgreSQL, so that they hold across restarts and processes. */
export function createSignInLimits(options: { url: string }): SignInLimits {
  const pool = new pg.Pool({ connectionString: options.url, max: 2, application_name: "heddle-limits" });
  pool.on("error", () => undefined);
  const shared = { storeClient: pool, storeType: "pool", tableName: "rate_limits", tableCreated: true };
  const limiter = (keyPrefix: string, limit: { points: number; duration: number }) =>
    new RateLimiterPostgres({ ...shared, ...limit, keyPrefix });
  const pairs = limiter("sign-in-pair", perMachineAndAddress);
  const machines = limiter("sign-in-machine", perMachine);
  const addresses = limiter("sign-in-address", perAddress);
  const keys = (email: string, ip: string | null) => {
    const address = email.trim().toLowerCase().slice(0, 150);
    const machine = machineOf(ip);
    return { address, machine, pair: `${machine ?? "here"}|${address}` };
  };

  return {
    async attempt(email, ip) {
      const { address, machine, pair } = keys(email, ip);
      try {
        await pairs.consume(pair);
        if (machine !== null) await machines.consume(machine);
        await addresses.consume(address);
      } catch (error) {
        throw error instanceof RateLimiterRes ? new AppError("RATE_LIMITED") : error;
      }
    },
    async succeeded(email, ip) {
      const { address, machine, pair } = keys(email, ip);
      await Promise.all([
        pairs.delete(pair),
        addresses.reward(address, 1),
        machine === null ? undefined : machines.reward(machine, 1),
      ]);
    },
    close: () => pool.end(),
  };
}

/**
 * Who is counted as one: an IPv4 address, or the 64 bits of an IPv6 address that a network gives to one customer.
 * `null` for this computer: that is its user, or a proxy for everyone.
 */
function machineOf(ip: string | null): string | null {
  const address = (ip ?? "").replace(/^::ffff:(?=\d+\.)/, "").replace(/%.*$/, "");
  if (address === "" || address === "::1" || address.startsWith("127.")) return null;
  if (!isIPv6(address)) return address;
  const [left = [], right = []] = address.split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0");
  return [...left, ...zeros, ...right].slice(0, 4).join(":");
}
