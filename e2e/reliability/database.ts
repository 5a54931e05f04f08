import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { databaseUrl } from "../stack.ts";

export type RowLock = {
  /** Resolves once the rows are held. */
  held: Promise<void>;
  /** Resolves once this lock itself waits for a transaction of the stack. */
  waits(): Promise<void>;
  /** Resolves once a transaction of the stack waits for this lock. */
  blocks(): Promise<void>;
  release(): Promise<void>;
};

/** A look at the stack's rows from outside, which comes back by itself when PostgreSQL does. */
export type RowWatch = {
  query<T extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<T[]>;
  /** Asks for what `sql` locks, in a transaction of its own. One that PostgreSQL's end has ended is released. */
  askFor(sql: string, values: unknown[]): Promise<RowLock>;
  /** The same, once it is held. */
  lock(sql: string, values: unknown[]): Promise<RowLock>;
  close(): Promise<void>;
};

const pollMs = 25;
const patienceMs = 60_000;

export function watchRows(homeDir: string): RowWatch {
  let pool: pg.Pool | null = null;

  async function connection(): Promise<pg.ClientConfig> {
    return { connectionString: await databaseUrl(homeDir), connectionTimeoutMillis: 5_000 };
  }

  async function openPool(): Promise<pg.Pool> {
    const next = new pg.Pool({ ...(await connection()), max: 4 });
    next.on("error", () => undefined);
    return next;
  }

  async function query<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    const giveUpAt = Date.now() + patienceMs;
    for (;;) {
      const current = pool;
      try {
        pool ??= await openPool();
        return (await pool.query<T>(sql, values)).rows;
      } catch (error) {
        const refused = error instanceof pg.DatabaseError && !/^(57P|08)/.test(error.code ?? "");
        if (refused || Date.now() > giveUpAt) throw error;
        // It may listen elsewhere when it comes back.
        if (pool === current) pool = null;
        current?.end().catch(() => undefined);
        await sleep(100);
      }
    }
  }

  async function askFor(sql: string, values: unknown[]): Promise<RowLock> {
    const holder = new pg.Client(await connection());
    holder.on("error", () => undefined);
    await holder.connect();
    await holder.query("BEGIN");
    const [own] = (await holder.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows;
    const held = holder.query(sql, values).then(() => undefined);
    held.catch(() => undefined);
    const comes = async (activity: string) => {
      const look = `SELECT 1 FROM pg_stat_activity WHERE ${activity}`;
      while ((await query(look, [own?.pid])).length === 0) await sleep(pollMs);
    };
    return {
      held,
      waits: () => comes("pid = $1 AND wait_event_type = 'Lock'"),
      blocks: () => comes("$1 = ANY(pg_blocking_pids(pid))"),
      async release() {
        await holder.query("ROLLBACK").catch(() => undefined);
        await holder.end().catch(() => undefined);
      },
    };
  }

  return {
    query,
    askFor,
    async lock(sql, values) {
      const lock = await askFor(sql, values);
      await lock.held;
      return lock;
    },
    async close() {
      await pool?.end().catch(() => undefined);
    },
  };
}

/**
 * Notes every committed change of a thread with its number, in a schema of its own: proof that the numbers have no
 * holes, and the time of a thread's first progress after a kill.
 */
export async function noteChanges(rows: RowWatch): Promise<void> {
  await rows.query(`
    CREATE SCHEMA reliability;
    CREATE TABLE reliability.change (
      thread text NOT NULL, seq int NOT NULL, item text, at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    CREATE INDEX ON reliability.change (thread, at);
    CREATE FUNCTION reliability.note_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO reliability.change (thread, seq, item) VALUES (NEW."threadId", NEW.seq, NEW.id); RETURN NULL; END $$;
    CREATE FUNCTION reliability.note_thread() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO reliability.change (thread, seq) VALUES (NEW.id, NEW.seq); RETURN NULL; END $$;
    CREATE TRIGGER note_new AFTER INSERT ON "Item" FOR EACH ROW EXECUTE FUNCTION reliability.note_item();
    CREATE TRIGGER note_change AFTER UPDATE ON "Item" FOR EACH ROW WHEN (NEW.seq <> OLD.seq)
      EXECUTE FUNCTION reliability.note_item();
    CREATE TRIGGER note_change AFTER UPDATE ON "Thread" FOR EACH ROW WHEN (NEW.seq <> OLD.seq)
      EXECUTE FUNCTION reliability.note_thread();`);
}
