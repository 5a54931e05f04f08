import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { newerVersion, readMigrations } from "./migrations.ts";
import { writeWhole } from "./whole-file.ts";

const stampFile = (dataDir: string) => join(dataDir, "heddle-migrations.json");

/** Notes beside the tables which migrations they have, so that it is known before a server touches them. */
export function stampSchema(dataDir: string, migrationsDir?: string): void {
  writeWhole(stampFile(dataDir), JSON.stringify(readMigrations(migrationsDir).map(({ name }) => name)), 0o600);
}

/** @throws StartFailure if a newer version of Heddle has updated this data folder; says nothing of one without a stamp */
export function assertNotNewer(dataDir: string, migrationsDir?: string): void {
  const file = stampFile(dataDir);
  if (!existsSync(file)) return;
  const known = new Set(readMigrations(migrationsDir).map(({ name }) => name));
  const unknown = readNames(file).find((name) => !known.has(name));
  if (unknown) throw newerVersion(unknown);
}

function readNames(file: string): string[] {
  try {
    return z.array(z.string()).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // Half a stamp says nothing; the tables themselves are asked later.
    return [];
  }
}
