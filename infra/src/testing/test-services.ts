import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestServices } from "@heddle/db/testing/test-context";
import { readEnv } from "../env.ts";
import { applyMigrations } from "../migrations.ts";
import { freePort } from "../ports.ts";
import { databaseName, ensureDatabase } from "../postgres.ts";
import { startScratchPostgres } from "../scratch-postgres.ts";
import { createTemporal } from "../temporal.ts";
import { findTemporal } from "../temporal-binary.ts";

/** One real PostgreSQL and one real Temporal server for a whole test run, in temporary folders. */
export async function startTestServices(): Promise<TestServices & { stop(): Promise<void> }> {
  const [postgres, temporal] = await Promise.all([startTestPostgres(), startTestTemporal()]);
  return {
    templateUrl: postgres.url(databaseName),
    adminUrl: postgres.url("postgres"),
    temporalAddress: temporal.address,
    async stop() {
      await temporal.stop();
      await postgres.remove();
    },
  };
}

async function startTestPostgres() {
  const postgres = await startScratchPostgres();
  await ensureDatabase(postgres, databaseName);
  await applyMigrations(postgres.url());
  return postgres;
}

/**
 * A Temporal server of its own, for a test whose workflows must not meet those of others.
 * @param dynamicConfig settings of the server by name
 */
export async function startTestTemporal(dynamicConfig: Record<string, string> = {}) {
  const dir = mkdtempSync(join(tmpdir(), "heddle-temporal-"));
  const report = (line: string) => console.log(line);
  const binary = await findTemporal(readEnv().HEDDLE_TEMPORAL_BIN, { report });
  const port = await freePort();
  const service = createTemporal(
    { binary, dataDir: dir, port, dynamicConfig },
    { runDir: dir, logsDir: dir, report, endWithParent: true },
  );
  await service.start();
  return {
    address: `127.0.0.1:${port}`,
    async stop() {
      await service.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
