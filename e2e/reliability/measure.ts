import type { Part } from "../stack.ts";
import { footprint, processesOf } from "./processes.ts";
import type { Stage } from "./stage.ts";

const services: (Part | "supervisor")[] = ["supervisor", "worker", "web", "postgres", "temporal"];
const tables = ["Thread", "Turn", "Item", "UsageRecord", "AuditEvent"];

/** Memory in MiB: each part's own share with what it has started, sandboxes counted by themselves. */
export type Sample = {
  memory: Record<string, number>;
  processes: number;
  files: number;
  sandboxes: number;
  rows: number;
  databaseMb: number;
};

/** A part that is being started again just then counts as nothing. */
export async function measure(stage: Stage): Promise<Sample> {
  const all = processesOf(stage.stack.homeDir);
  const boxes = all.filter(({ name }) => name === "bwrap" || name === "perl");
  const others = all.filter((process) => !boxes.includes(process));
  const memory: Record<string, number> = {};
  for (const service of services) {
    const pid = await stage.stack.pidOf(service).catch(() => -1);
    // The services are children of the supervisor.
    const own = service === "supervisor" ? others.filter((process) => process.pid === pid) : others;
    memory[service] = Math.round(footprint(own, pid).memory / 1024);
  }
  const supervisor = await stage.stack.pidOf("supervisor");
  memory.sandboxes = Math.round(boxes.reduce((sum, box) => sum + footprint([box], box.pid).memory, 0) / 1024);
  const counts = tables.map((table) => `(SELECT count(*)::int FROM "${table}")`).join(" + ");
  const [size] = await stage.rows.query<{ rows: number; mb: number }>(
    `SELECT ${counts} AS rows, (pg_database_size(current_database()) / 1048576)::int AS mb`,
  );
  return {
    memory,
    processes: all.length,
    files: footprint(all, supervisor).files,
    sandboxes: boxes.filter(({ name }) => name === "perl").length,
    rows: size?.rows ?? 0,
    databaseMb: size?.mb ?? 0,
  };
}
