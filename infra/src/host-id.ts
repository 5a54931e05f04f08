import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { hasFiles } from "./disk.ts";
import { writeWhole } from "./whole-file.ts";

type Options = {
  homeDir: string;
  databaseUrl: string;
  report: (line: string) => void;
};

/**
 * Gives the home the name under which the database knows its worktrees. A lost one is found again by them: a new name
 * would make their threads wait for a dead host, and then be rebuilt from their checkpoints.
 */
export async function ensureHostId({ homeDir, databaseUrl, report }: Options): Promise<void> {
  const file = join(homeDir, "host-id");
  if (readHostId(file) !== null) return;
  const found = await hostOfWorktrees(databaseUrl, join(homeDir, "worktrees"));
  if (existsSync(file)) renameSync(file, `${file}.damaged`);
  writeWhole(file, `${found ?? randomUUID()}\n`);
  if (found) report(`${file} was lost; this is the host ${found}, as its worktrees show`);
}

/** @returns null if there is none, or half of one */
export function readHostId(file: string): string | null {
  const id = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return /^[\w.-]{8,64}$/.test(id) ? id : null;
}

type HostRow = { id: string; threads: string[]; waitMs: number };

/** The only host whose threads have their worktrees here, if it does not run elsewhere. */
async function hostOfWorktrees(databaseUrl: string, worktreesDir: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const isHere = ({ threads }: HostRow) => threads.some((id) => hasFiles(join(worktreesDir, id, "tree")));
    const [host, ...others] = (await readHosts(client)).filter(isHere);
    if (!host || others.length > 0) return null;
    // A worker that was killed a moment ago still holds its lease; one that runs will have renewed it by then.
    if (host.waitMs > 0) await sleep(host.waitMs);
    const [again] = (await readHosts(client)).filter(({ id }) => id === host.id);
    return again?.waitMs === 0 ? host.id : null;
  } finally {
    await client.end();
  }
}

async function readHosts(client: pg.Client): Promise<HostRow[]> {
  const { rows } = await client.query<HostRow>(
    `SELECT h.id, array_agg(t.id) AS "threads",
       ceil(greatest(0, extract(epoch FROM h."leaseExpiresAt" - now())) * 1000)::int AS "waitMs"
     FROM "Host" h JOIN "Thread" t ON t."hostId" = h.id GROUP BY h.id`,
  );
  return rows;
}
