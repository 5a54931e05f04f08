import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, type Database } from "@heddle/db/database";
import { makeWorkspace } from "@heddle/db/testing/fixtures";
import { createTestDatabase, type TestDatabase } from "@heddle/db/testing/test-database";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureHostId, readHostId } from "./host-id.ts";

let home: string;
let database: TestDatabase;
let db: Database;
let lines: string[];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "heddle-host-"));
  database = await createTestDatabase();
  db = createDatabase({ url: database.url, poolSize: 2 });
  lines = [];
});
afterEach(async () => {
  await db.close();
  await database.drop();
  rmSync(home, { recursive: true, force: true });
});

const ensure = () =>
  ensureHostId({ homeDir: home, databaseUrl: database.url, report: (line) => void lines.push(line) }).then(() =>
    readHostId(join(home, "host-id")),
  );

/** A host with one thread, whose files are in this home or not. */
async function makeHost(id: string, options: { here: boolean; leaseMs?: number }): Promise<void> {
  const { id: workspaceId, projectId, principals } = await makeWorkspace(db);
  const leaseExpiresAt = new Date(Date.now() + (options.leaseMs ?? -1_000));
  await db.prisma.host.create({ data: { id, leaseExpiresAt } });
  const createdById = principals.owner.userId;
  const data = { workspaceId, projectId, title: "t", createdById, model: "demo/demo", branch: `b-${id}`, hostId: id };
  const thread = await db.prisma.thread.create({ data });
  if (!options.here) return;
  mkdirSync(join(home, "worktrees", thread.id, "tree"), { recursive: true });
  writeFileSync(join(home, "worktrees", thread.id, "tree", "file"), "");
}

test("a new home gets a name, and keeps it", async () => {
  const name = await ensure();
  expect(name).toMatch(/^[0-9a-f-]{36}$/);
  expect(await ensure()).toBe(name);
});

test("a lost name is found again by the worktrees, a damaged one too", async () => {
  await makeHost("host-of-here", { here: true });
  await makeHost("host-elsewhere", { here: false, leaseMs: 60_000 });
  expect(await ensure()).toBe("host-of-here");
  expect(lines.join()).toContain("this is the host host-of-here");
  writeFileSync(join(home, "host-id"), "");
  expect(await ensure()).toBe("host-of-here");
});

test("the name of a worker that was killed a moment ago is taken once its lease is over", async () => {
  await makeHost("host-of-here", { here: true, leaseMs: 1_500 });
  expect(await ensure()).toBe("host-of-here");
});

test("the name of a worker that runs is not taken", async () => {
  await makeHost("host-of-here", { here: true, leaseMs: 5_000 });
  const renew = setInterval(async () => {
    await db.prisma.host.updateMany({ data: { leaseExpiresAt: new Date(Date.now() + 5_000) } });
  }, 100);
  const name = await ensure();
  clearInterval(renew);
  expect(name).not.toBe("host-of-here");
});

test("worktrees of two hosts decide nothing", async () => {
  await makeHost("host-one", { here: true });
  await makeHost("host-two", { here: true });
  expect(["host-one", "host-two"]).not.toContain(await ensure());
  expect(readFileSync(join(home, "host-id"), "utf8")).toMatch(/\n$/);
});
