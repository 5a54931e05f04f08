import { databaseHealth } from "@heddle/db/health";
import type { Runtime } from "./runtime.ts";
import { version } from "./version.ts";

const timeoutMs = 3_000;
const noAnswer = { postgres: false, worker: false, model: false };

export type Health = { postgres: boolean; temporal: boolean; worker: boolean; model: boolean };

/** Every part is asked, none assumed: a query, a call, a worker's live lease, how providers answered last. */
export async function readHealth({ db, workflows }: Pick<Runtime, "db" | "workflows">): Promise<Health> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof noAnswer>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, noAnswer);
  });
  const [database, temporal] = await Promise.all([Promise.race([databaseHealth(db), late]), workflows.healthy()]);
  clearTimeout(timer);
  return { postgres: database.postgres, temporal, worker: database.worker, model: database.model };
}

/** 200 when all parts are well, else 503. */
export async function healthResponse(runtime: Runtime): Promise<Response> {
  const health = await readHealth(runtime);
  const word = (ok: boolean) => (ok ? "ok" : "down");
  const checks = Object.fromEntries(Object.entries(health).map(([name, ok]) => [name, word(ok)]));
  const well = Object.values(health).every(Boolean);
  const body = { status: word(well), version, checks };
  return Response.json(body, { status: well ? 200 : 503, headers: { "cache-control": "no-store" } });
}
