import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readEnv } from "./env.ts";
import { homePaths, openHome } from "./home.ts";
import { withHomeDatabase } from "./home-database.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "heddle-home-database-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function open(homeDir: string, databaseUrl?: string): Promise<string> {
  const env = readEnv({ HEDDLE_HOME: homeDir, DATABASE_URL: databaseUrl });
  const context = { env, home: homePaths(homeDir), purpose: "a test", report: () => undefined };
  return withHomeDatabase(context, async (url) => url);
}

test("no new database takes the place of one that a used home has lost", async () => {
  const home = openHome(join(dir, "home"), () => undefined);
  mkdirSync(join(home.reposDir, "a-project"));
  writeFileSync(join(home.reposDir, "a-project/HEAD"), "");
  await expect(open(home.dir)).rejects.toThrow(/the database is gone: .*set DATABASE_URL/);
  expect(existsSync(home.postgresDir)).toBe(false);
});

test.each([undefined, "postgres://127.0.0.1:1/none"])(
  "there must be a home (DATABASE_URL: %s)",
  async (databaseUrl) => {
    await expect(open(join(dir, "nowhere"), databaseUrl)).rejects.toThrow(/there is no home in .*nowhere/);
  },
);
