import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports.ts";
import { createPostgres, type Postgres } from "./postgres.ts";

export type ScratchPostgres = Postgres & { remove(): Promise<void> };

/** A real PostgreSQL server in a temporary folder, for tests and tools; fast because it may forget what it wrote. */
export async function startScratchPostgres(): Promise<ScratchPostgres> {
  const dir = mkdtempSync(join(tmpdir(), "heddle-postgres-"));
  const removeDir = () => rmSync(dir, { recursive: true, force: true });
  try {
    const postgres = await createPostgres(
      {
        dataDir: join(dir, "data"),
        port: await freePort(),
        password: "scratch",
        settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off" },
      },
      { runDir: dir, logsDir: dir, report: () => undefined, endWithParent: true },
    );
    await postgres.service.start();
    return { ...postgres, remove: () => postgres.service.stop().then(removeDir) };
  } catch (error) {
    removeDir();
    throw error;
  }
}
