import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The host's stable name, kept in the home: its worktrees lie there too. */
export async function readHostId(homeDir: string): Promise<string> {
  const file = join(homeDir, "host-id");
  await mkdir(homeDir, { recursive: true });
  await writeFile(file, `${randomUUID()}\n`, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  return (await readFile(file, "utf8")).trim();
}
