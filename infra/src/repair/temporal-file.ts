import { closeSync, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Finding, RepairContext } from "./finding.ts";

const header = "SQLite format 3\0";

/** Temporal's file holds nothing that the database does not: whatever is wrong with it, a new one will do. */
export function checkTemporal({ env, home, setAside }: RepairContext, startAnew: boolean): Finding[] {
  const file = join(home.temporalDir, "temporal.db");
  if (env.TEMPORAL_ADDRESS || !existsSync(file)) return [];
  const isDamaged = readStart(file) !== header;
  if (!isDamaged && !startAnew) return [];
  return [
    {
      what: isDamaged ? `${file} is damaged` : `a new file for Temporal is asked for`,
      cure: {
        would: "put it aside: the next start makes a new one, and threads go on from the database",
        async apply() {
          for (const name of readdirSync(home.temporalDir).filter((found) => found.startsWith("temporal.db")))
            setAside(join(home.temporalDir, name));
        },
      },
    },
  ];
}

function readStart(file: string): string {
  const fd = openSync(file, "r");
  try {
    const start = Buffer.alloc(header.length);
    readSync(fd, start);
    return start.toString("latin1");
  } finally {
    closeSync(fd);
  }
}
