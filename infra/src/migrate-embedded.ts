import { constants } from "node:fs";
import { cp, rename, rm } from "node:fs/promises";
import { applyMigrations, readMigrationState } from "./migrations.ts";
import type { Postgres } from "./postgres.ts";

/**
 * Brings the embedded database up to date. Data that is already there is copied first, with the server stopped, and put
 * back if a migration fails; the copy is kept until the next migration.
 */
export async function migrateEmbedded(
  postgres: Postgres,
  { dataDir, report, migrationsDir }: { dataDir: string; report: (line: string) => void; migrationsDir?: string },
): Promise<void> {
  const { applied, pending } = await readMigrationState(postgres.url(), migrationsDir);
  if (pending.length === 0) return;
  if (applied === 0) {
    await applyMigrations(postgres.url(), migrationsDir);
    return;
  }
  const backup = `${dataDir}.before-migration`;
  report(`Updating the database: ${pending.map(({ name }) => name).join(", ")} (a copy is kept in ${backup})`);
  await postgres.service.stop();
  await copyFolder(dataDir, backup);
  await postgres.service.start();
  try {
    await applyMigrations(postgres.url(), migrationsDir);
  } catch (error) {
    await postgres.service.stop();
    await copyFolder(backup, dataDir);
    throw error;
  }
}

/** Replaces `to` only once the copy is whole. */
async function copyFolder(from: string, to: string): Promise<void> {
  const draft = `${to}.new`;
  await rm(draft, { recursive: true, force: true });
  await cp(from, draft, { recursive: true, preserveTimestamps: true, mode: constants.COPYFILE_FICLONE });
  await rm(to, { recursive: true, force: true });
  await rename(draft, to);
}
