import { databaseHealth } from "@heddle/db/health";
import type { Runtime } from "./runtime.ts";
import { version } from "./version.ts";

const timeoutMs = 3_000;
const noAnswer = { postgres: false, worker: false, model: false };

/** Every part is asked, none assumed: a query, a call, a worker's live lease, a model to ask. 200 when all are well, else 503. */
export async function healthResponse({ db, workflows }: Runtime): Promise<Response> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof noAnswer>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, noAnswer);
  });
  const [database, temporal] = await Promise.all([Promise.race([databaseHealth(db), late]), workflows.healthy()]);
  clearTimeout(timer);
  const word = (ok: boolean) => (ok ? "ok" : "down");
  const checks = {
    postgres: word(database.postgres),
    temporal: word(temporal),
    worker: word(database.worker),
    model: word(database.model),
  };
  const well = Object.values(checks).every((check) => check === "ok");
  const body = { status: word(well), version, checks };
  return Response.json(body, { status: well ? 200 : 503, headers: { "cache-control": "no-store" } });
}
