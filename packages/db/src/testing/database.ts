import { createDatabase, type Database } from "../database.ts";
import { createTestDatabase } from "./test-database.ts";

/** A migrated database of its own for one test file. */
export async function openTestDatabase(): Promise<{ db: Database; url: string; close(): Promise<void> }> {
  const { url, drop } = await createTestDatabase();
  const db = createDatabase({ url, poolSize: 8 });
  return {
    db,
    url,
    async close() {
      await db.close();
      await drop();
    },
  };
}
