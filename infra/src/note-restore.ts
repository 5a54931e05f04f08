import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createDatabase } from "@heddle/db/database";
import { recordRestore } from "@heddle/db/restores";
import { z } from "zod";

const schema = z.object({ takenAt: z.string(), version: z.string() });

/** Left in a home by a restore. */
export const restoredFile = (homeDir: string) => join(homeDir, "restored.json");

/** Brings a restore into the audit log, at the first start after it, when the tables are up to date. */
export async function noteRestore(homeDir: string, databaseUrl: string): Promise<void> {
  const file = restoredFile(homeDir);
  const restored = readNote(file);
  if (!restored) return;
  const database = createDatabase({ url: databaseUrl, poolSize: 2 });
  await recordRestore(database, restored).finally(() => database.close());
  rmSync(file);
}

function readNote(file: string): z.infer<typeof schema> | null {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}
