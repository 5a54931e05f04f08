import { constants, existsSync, renameSync } from "node:fs";
import { cp, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { assertRoomFor, folderBytes } from "./disk.ts";
import { inheritedEnv } from "./env.ts";
import { applyMigrations, MigrationFailure, readMigrationState } from "./migrations.ts";
import type { Postgres } from "./postgres.ts";
import { runProgram } from "./run-program.ts";
import { stampSchema } from "./schema-stamp.ts";
import { messageOf, StartFailure } from "./start-failure.ts";
import { writeWhole } from "./whole-file.ts";

type Options = { dataDir: string; report: (line: string) => void; migrationsDir?: string };

/** The data as it was before the last update. */
export const copyBeforeMigration = (dataDir: string) => `${dataDir}.before-migration`;
/** Exists from the moment the copy is whole until the update has succeeded or the copy is back in its place. */
const marker = (dataDir: string) => `${dataDir}.migrating`;

/**
 * Brings the embedded database up to date. Data that is already there is copied first, with the server stopped, and put
 * back if a migration fails; the copy is kept until the next update. However often this is killed, the copy remains that
 * of the data before the first attempt.
 * @throws StartFailure that names the migration; the server is stopped then, and the data is as it was
 */
export async function migrateEmbedded(postgres: Postgres, options: Options): Promise<void> {
  const { dataDir, report, migrationsDir } = options;
  const { applied, pending } = await readMigrationState(postgres.url(), migrationsDir);
  if (pending.length > 0 && applied.length === 0) await applyMigrations(postgres.url(), migrationsDir);
  else if (pending.length > 0 || existsSync(marker(dataDir))) {
    const names = pending.map(({ name }) => name).join(", ");
    if (existsSync(marker(dataDir))) report("Going on with an update of the database that was cut");
    else {
      report(`Updating the database: ${names} (a copy is kept in ${copyBeforeMigration(dataDir)})`);
      await postgres.service.stop();
      await takeCopy(dataDir);
      await postgres.service.start();
    }
    await applyMigrations(postgres.url(), migrationsDir).catch((error) => putBack(postgres, dataDir, error));
    await rm(marker(dataDir), { force: true });
  }
  stampSchema(dataDir, migrationsDir);
}

/** To be called before the server starts: ends what a kill has cut while the copy was being put back. */
export async function finishPuttingBack(dataDir: string, report: (line: string) => void): Promise<void> {
  if (!existsSync(marker(dataDir)) || existsSync(dataDir) === existsSync(copyBeforeMigration(dataDir))) return;
  if (!existsSync(dataDir)) {
    report("Putting back the data as it was before the last update, which failed");
    renameSync(copyBeforeMigration(dataDir), dataDir);
  }
  await rm(marker(dataDir), { force: true });
  await rm(failed(dataDir), { recursive: true, force: true });
}

const failed = (dataDir: string) => `${dataDir}.failed-migration`;

async function putBack(postgres: Postgres, dataDir: string, error: unknown): Promise<never> {
  await postgres.service.stop();
  if (!existsSync(copyBeforeMigration(dataDir))) throw error;
  await rm(failed(dataDir), { recursive: true, force: true });
  await rename(dataDir, failed(dataDir));
  await finishPuttingBack(dataDir, () => undefined);
  if (!(error instanceof MigrationFailure)) throw error;
  throw new StartFailure(
    `${error.what}. The data was put back as it was before the update; the version of Heddle that you had goes on with it.`,
    { cause: error },
  );
}

/** Replaces the copy of an earlier update once this one is whole and on the disk. */
async function takeCopy(dataDir: string): Promise<void> {
  const copy = copyBeforeMigration(dataDir);
  const draft = `${copy}.new`;
  await rm(draft, { recursive: true, force: true });
  assertRoomFor(dirname(dataDir), await folderBytes(dataDir), "The copy of the database that is made before an update");
  try {
    await cp(dataDir, draft, { recursive: true, preserveTimestamps: true, mode: constants.COPYFILE_FICLONE });
    const flushed = await runProgram("sync", ["--file-system", draft], { env: inheritedEnv(), timeoutMs: 600_000 });
    if (!flushed.ok) throw new Error(flushed.output.trim());
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw new StartFailure(
      `the copy of the database that is made before an update could not be written (${messageOf(error)}). Nothing was changed.`,
      { cause: error },
    );
  }
  await rm(copy, { recursive: true, force: true });
  await rename(draft, copy);
  writeWhole(marker(dataDir), "");
}
