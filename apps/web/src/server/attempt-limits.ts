import { isIPv6 } from "node:net";
import { AppError } from "@heddle/db/errors";
import pg from "pg";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";

/** Attempts on one thing that can be guessed at or worn out, `key`: an e-mail address, a link. */
export type Attempts = {
  /** Counts an attempt before anything is looked at. @throws RATE_LIMITED */
  attempt(key: string, ip: string | null): Promise<void>;
  /** The attempt was right: it does not count. */
  succeeded(key: string, ip: string | null): Promise<void>;
};

export type AttemptLimits = {
  /** Passwords, by e-mail address: at a sign-in, and where the old one is asked for. */
  signIn: Attempts;
  /** Links to join or to set a new password, by what is done with which. */
  links: Attempts;
  close(): Promise<void>;
};

type Limit = { points: number; duration: number };

/** From one machine on one key; wide enough for a person who mistypes, too narrow to use up what the key has. */
const perMachineAndKey: Limit = { points: 10, duration: 5 * 60 };
/** From one machine on all keys: each attempt costs a hash, and one password may be tried on many people. */
const perMachine: Limit = { points: 100, duration: 5 * 60 };
/** From everywhere together: a guesser with many machines is slowed, and the owner is not locked out for long. */
const perKey: Limit = { points: 100, duration: 15 * 60 };

/** Each time that a limit is reached within a day shuts out for twice as long as the time before, up to an hour. */
const backOff = { rememberedSeconds: 24 * 3_600, mostSeconds: 3_600 };

/** Counters live in PostgreSQL, so that they hold across restarts and processes. */
export function createAttemptLimits(options: { url: string }): AttemptLimits {
  const pool = new pg.Pool({ connectionString: options.url, max: 2, application_name: "heddle-limits" });
  pool.on("error", () => undefined);
  return {
    signIn: createAttempts(pool, "sign-in"),
    links: createAttempts(pool, "link"),
    close: () => pool.end(),
  };
}

function createAttempts(pool: pg.Pool, name: string): Attempts {
  const pairs = createLockOut(pool, `${name}-pair`, perMachineAndKey);
  const machines = createLockOut(pool, `${name}-machine`, perMachine);
  // No longer each time: anybody could shut out the owner of an address.
  const keys = createLimiter(pool, `${name}-address`, perKey);
  const namesOf = (key: string, ip: string | null) => {
    const address = key.trim().toLowerCase().slice(0, 150);
    const machine = machineOf(ip);
    return { address, machine, pair: `${machine ?? "here"}|${address}` };
  };
  return {
    async attempt(key, ip) {
      const { address, machine, pair } = namesOf(key, ip);
      try {
        await pairs.consume(pair);
        if (machine !== null) await machines.consume(machine);
        await keys.consume(address);
      } catch (error) {
        throw error instanceof RateLimiterRes ? refusal(error.msBeforeNext) : error;
      }
    },
    async succeeded(key, ip) {
      const { address, machine, pair } = namesOf(key, ip);
      await Promise.all([
        pairs.forget(pair),
        keys.reward(address, 1),
        machine === null ? undefined : machines.spare(machine),
      ]);
    },
  };
}

function createLimiter(pool: pg.Pool, keyPrefix: string, limit: Limit): RateLimiterPostgres {
  const shared = { storeClient: pool, storeType: "pool", tableName: "rate_limits", tableCreated: true };
  return new RateLimiterPostgres({ ...shared, ...limit, keyPrefix });
}

/** A limit that shuts out for longer each time that it is reached. */
function createLockOut(pool: pg.Pool, keyPrefix: string, limit: Limit) {
  const counter = createLimiter(pool, keyPrefix, limit);
  // Only counted, never refused.
  const times = createLimiter(pool, `${keyPrefix}-times`, { points: 1, duration: backOff.rememberedSeconds });
  return {
    async consume(key: string): Promise<void> {
      try {
        await counter.consume(key);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        // The attempt that reaches the limit, and none after it.
        if (error.consumedPoints !== limit.points + 1) throw error;
        const { consumedPoints } = await times.penalty(key);
        const seconds = Math.min(limit.duration * 2 ** (consumedPoints - 1), backOff.mostSeconds);
        throw await counter.block(key, seconds);
      }
    },
    spare: (key: string) => counter.reward(key, 1),
    forget: (key: string) => Promise.all([counter.delete(key), times.delete(key)]),
  };
}

function refusal(waitMs: number): AppError {
  const minutes = Math.ceil(waitMs / 60_000);
  const time = minutes <= 1 ? "a minute" : `${minutes} minutes`;
  return new AppError("RATE_LIMITED", { message: `Too many attempts. Wait ${time} and try again.` });
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
