import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openStore } from "@heddle/agent/git/store";
import { isPrepared, markPrepared } from "@heddle/agent/git/worktree-state";
import { verifyAudit } from "@heddle/db/audit";
import { createDatabase, type Database } from "@heddle/db/database";
import { createProvider } from "@heddle/db/providers";
import { workspaceScope } from "@heddle/db/scope";
import { createSecretBox } from "@heddle/db/secrets";
import { makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { createTestDatabase, type TestDatabase } from "@heddle/db/testing/test-database";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyArchive } from "../backup/archive-reader.ts";
import { createArchive } from "../backup/archive-writer.ts";
import { type Manifest, manifestName } from "../backup/manifest.ts";
import { takeBackup } from "../backup/take-backup.ts";
import { readEnv } from "../env.ts";
import { homePaths, openHome } from "../home.ts";
import { assertRestorable, draftOf } from "./fill.ts";
import { restore } from "./restore.ts";

const ignore = () => undefined;
const isRoot = process.getuid?.() === 0;
let dir: string;
let homeDir: string;
let file: string;
let source: TestDatabase;
let target: TestDatabase;
let db: Database;
let workspace: TestWorkspace;
let resting: string;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "heddle-restore-"));
  [homeDir, file] = [join(dir, "home"), join(dir, "backup.tar.gz")];
  [source, target] = [await createTestDatabase(), await createTestDatabase()];
  await query(target.url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  db = createDatabase({ url: source.url, poolSize: 4 });
  workspace = await makeWorkspace(db, { sourcePath: join(homeDir, "sample-project") });
  openHome(homeDir, ignore);
  writeFileSync(join(homeDir, "host-id"), "host-of-here\n");
  await makeStore();
  resting = await makeThread("resting", "completed");
});

afterEach(async () => {
  await db.close();
  await Promise.all([source.drop(), target.drop()]);
  execFileSync("chmod", ["-R", "u+rwX", dir]);
  rmSync(dir, { recursive: true, force: true });
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client
    .query(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

async function makeStore(): Promise<void> {
  const path = join(homeDir, "sample-project");
  mkdirSync(path);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.test", ...args], { cwd: path });
  git("init", "--quiet", "-b", "main");
  git("commit", "--quiet", "--allow-empty", "-m", "Begin");
  await openStore(homeDir, workspace.projectId).fetch(path);
}

async function makeThread(title: string, status: "completed" | "running"): Promise<string> {
  const createdById = workspace.principals.owner.userId;
  const common = { workspaceId: workspace.id, projectId: workspace.projectId, createdById, model: "demo/demo" };
  const { id } = await db.prisma.thread.create({ data: { ...common, title, branch: title } });
  const turn = { threadId: id, number: 1, prompt: "p \\N \t \\ 🧵", model: "demo/demo", senderId: createdById, status };
  await db.prisma.turn.create({ data: turn });
  const tree = join(homeDir, "worktrees", id, "tree");
  mkdirSync(join(tree, "deep/er"), { recursive: true });
  mkdirSync(join(homeDir, "worktrees", id, "tmp"));
  writeFileSync(join(homeDir, "worktrees", id, "tmp/scratch"), "");
  writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0x66, 0xff, 0x0a])]), "odd");
  writeFileSync(join(tree, "deep/er/program"), "#!/bin/sh\n", { mode: 0o755 });
  writeFileSync(join(tree, "closed"), "secret", { mode: 0o000 });
  chmodSync(join(tree, "deep/er/program"), 0o4755);
  symlinkSync("/etc", join(tree, "etc"));
  await markPrepared(openStore(homeDir, workspace.projectId), id, 0);
  await db.prisma.thread.update({
    where: { id },
    data: { setupFor: readFileSync(join(homeDir, "worktrees", id, "prepared"), "utf8").trimEnd() },
  });
  return id;
}

function backUp(options: { withSecrets?: boolean; withWorktrees?: boolean } = {}): Promise<Manifest> {
  const { withSecrets = true, withWorktrees = true } = options;
  const home = homePaths(homeDir);
  return takeBackup(file, { databaseUrl: source.url, home, withSecrets, withWorktrees, report: ignore });
}

async function restoreTo(name: string, databaseUrl?: string): Promise<string> {
  const copy = join(dir, name);
  const env = readEnv({ HEDDLE_HOME: copy, DATABASE_URL: databaseUrl });
  const manifest = await verifyArchive(file);
  assertRestorable(copy, manifest);
  await restore({ file, homeDir: copy, env, manifest, report: ignore });
  return copy;
}

const tablesOf = (url: string) =>
  query(url, "SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')");

test("rows, stores, worktrees and secrets come back as they were, into an empty database", async () => {
  const running = await makeThread("running", "running");
  const secrets = createSecretBox(openHome(homeDir, ignore).secrets.secretKeys.split(","));
  const scope = await workspaceScope(db, workspace.principals.owner, workspace.id, "provider.manage");
  const models = [{ id: "m" }];
  const input = { name: "p", kind: "openai-chat", baseUrl: "http://127.0.0.1:1/v1", apiKey: "sk-1", models } as const;
  const provider = await createProvider(scope, secrets, { ...input, models });
  const manifest = await backUp();
  expect(manifest).toMatchObject({
    hasSecrets: true,
    sealedKeys: 1,
    threads: 2,
    unfinished: 1,
    hostId: "host-of-here",
  });
  expect(manifest.worktrees).toEqual([{ threadId: resting, projectId: workspace.projectId }]);
  expect(lstatSync(file).mode & 0o777).toBe(0o600);

  const copy = await restoreTo("copy", target.url);
  for (const table of ["User", "Turn", "AuditEvent", "AuditHead", "Host", "Session", "Model"]) {
    const sql = `SELECT to_jsonb(t) AS row FROM "${table}" t ORDER BY to_jsonb(t)::text`;
    expect(await query(target.url, sql), table).toEqual(await query(source.url, sql));
  }
  const [project] = await query(target.url, `SELECT "sourcePath" FROM "Project"`);
  expect(project).toEqual({ sourcePath: join(copy, "sample-project") });

  const restored = createDatabase({ url: target.url, poolSize: 2 });
  const restoredScope = await workspaceScope(restored, workspace.principals.owner, workspace.id, "audit.read");
  expect(await verifyAudit(restoredScope)).toMatchObject({ ok: true, to: 1 });
  await expect(restored.prisma.auditEvent.deleteMany()).rejects.toThrow("append-only");
  const row = await restored.prisma.provider.findUniqueOrThrow({ where: { id: provider.id } });
  const context = { workspaceId: workspace.id, model: "provider", id: provider.id } as const;
  const copiedKeys = JSON.parse(readFileSync(join(copy, "secrets.json"), "utf8")).secretKeys.split(",");
  expect(createSecretBox(copiedKeys).open(context, row.apiKeyEnvelope ?? "")).toBe("sk-1");

  const store = openStore(copy, workspace.projectId);
  expect(await isPrepared(store, resting)).toBe(true);
  const thread = await restored.prisma.thread.findUniqueOrThrow({ where: { id: resting } });
  expect(thread.setupFor).toBe(readFileSync(join(copy, "worktrees", resting, "prepared"), "utf8").trimEnd());
  expect(await isPrepared(store, running), "its files may be newer than its rows").toBe(false);
  execFileSync("git", ["--git-dir", store.threadsDir, "fsck", "--strict"]);
  expect(readFileSync(join(copy, "host-id"), "utf8")).toBe("host-of-here\n");
  await restored.close();
});

test("a worktree comes back byte for byte, and nothing of the machine with it", async () => {
  await backUp();
  const copy = await restoreTo("copy", target.url);
  const tree = join(copy, "worktrees", resting, "tree");
  const names = (folder: string) => readdirSync(folder, { encoding: "buffer" }).map(String).sort();
  expect(names(tree)).toEqual(names(join(homeDir, "worktrees", resting, "tree")));
  expect(readlinkSync(join(tree, "etc"))).toBe("/etc");
  expect(existsSync(join(copy, "worktrees", resting, "tmp/scratch"))).toBe(false);
  const { mode, mtimeMs } = lstatSync(join(tree, "deep/er/program"));
  expect(mode & 0o7777, "executable, but nobody else's rights").toBe(0o755);
  expect(mtimeMs).toBe(lstatSync(join(homeDir, "worktrees", resting, "tree/deep/er/program")).mtimeMs);
  const listing = execFileSync("tar", ["-tzf", file], { encoding: "utf8" });
  expect(listing).not.toContain("passwd");
});

test("into a home with a database of its own, without secrets: keys are lost, the rest is there", async () => {
  const manifest = await backUp({ withSecrets: false, withWorktrees: false });
  expect(manifest).toMatchObject({ hasSecrets: false, worktrees: [] });
  const copy = await restoreTo("copy");
  expect(readFileSync(join(copy, "secrets.json"))).not.toEqual(readFileSync(join(homeDir, "secrets.json")));
  expect(readdirSync(copy).sort()).toEqual(
    [
      "host-id",
      "logs",
      "postgres",
      "repos",
      "restored.json",
      "run",
      "sample-project",
      "secrets.json",
      "temporal",
    ].concat(["worktrees"]),
  );
  expect(existsSync(draftOf(copy))).toBe(false);
});

test.each([
  ["cut", (path: string) => truncateSync(path, Math.floor(lstatSync(path).size / 2)), "is not a whole backup"],
  [
    "changed in one byte",
    (path: string) => {
      const bytes = readFileSync(path);
      bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    },
    /is damaged|is not a whole backup/,
  ],
  ["something else", (path: string) => writeFileSync(path, "hello"), "is not a whole backup"],
])("a file that is %s is refused", async (_, damage, sentence) => {
  await backUp();
  damage(file);
  await expect(verifyArchive(file)).rejects.toThrow(sentence);
});

test("a home or a database with something in it is refused and left alone", async () => {
  const manifest = await backUp();
  expect(() => assertRestorable(homeDir, manifest)).toThrow("is not empty");
  await query(target.url, "CREATE TABLE recipes (text text)");
  await expect(restoreTo("copy", target.url)).rejects.toThrow("holds something else already");
  expect(await tablesOf(target.url)).toEqual([{ tablename: "recipes" }]);
  expect(readdirSync(dir).sort()).toEqual(["backup.tar.gz", "home"]);
});

/** The same backup with another manifest. */
async function rewrite(change: (manifest: Manifest) => Manifest): Promise<void> {
  const manifest = await backUp();
  const { readArchive } = await import("../backup/archive-reader.ts");
  const copy = createArchive(`${file}.2`);
  for await (const { name, data } of readArchive(file)) if (name !== manifestName) await copy.add(name, data);
  await copy.add(manifestName, JSON.stringify(change(manifest)));
  await copy.finish();
  file = `${file}.2`;
}

test("a restore that fails half-way leaves neither home nor tables", async () => {
  await rewrite((manifest) => ({
    ...manifest,
    tables: manifest.tables.map((table) => (table.name === "Turn" ? { ...table, rows: 7 } : table)),
  }));
  await expect(restoreTo("copy", target.url)).rejects.toThrow("the table Turn took 1 rows instead of 7");
  expect(await tablesOf(target.url)).toEqual([]);
  await expect(restoreTo("copy")).rejects.toThrow("the table Turn took 1 rows instead of 7");
  expect(readdirSync(dir).filter((name) => name.startsWith("copy"))).toEqual([]);
});

test("a backup of a newer version is refused", async () => {
  const newer = { name: "9_newer", checksum: "x" };
  await rewrite((manifest) => ({ ...manifest, migrations: [...manifest.migrations, newer] }));
  await expect(restoreTo("copy", target.url)).rejects.toThrow("9_newer is not known here");
  expect(await tablesOf(target.url)).toEqual([]);
});

test("a second restore of the same home is refused and touches nothing of the first", async () => {
  const manifest = await backUp();
  const copy = join(dir, "copy");
  const options = { file, homeDir: copy, manifest, report: ignore };
  const first = restore({ ...options, env: readEnv({ HEDDLE_HOME: copy }) });
  while (!existsSync(join(draftOf(copy), "postgres"))) await sleep(20);
  const second = restore({ ...options, env: readEnv({ HEDDLE_HOME: copy, DATABASE_URL: target.url }) });
  await expect(second).rejects.toThrow(/already runs on the home .*a backup is restored into it/);
  await first;
  expect(existsSync(join(copy, "repos", workspace.projectId))).toBe(true);
});

test("a file in the place of the home is refused at once", async () => {
  const manifest = await backUp();
  expect(() => assertRestorable(file, manifest)).toThrow("is not a folder");
});

test.runIf(isRoot)("a disk in the place of the home is refused at once", async () => {
  const manifest = await backUp();
  const disk = join(dir, "disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "tmpfs", disk]);
  try {
    expect(() => assertRestorable(disk, manifest)).toThrow(/is a disk of its own.*name a folder in it/);
    expect(() => assertRestorable(join(disk, "home"), manifest)).not.toThrow();
  } finally {
    execFileSync("umount", ["--lazy", disk]);
  }
});

test("what a killed restore has left is no obstacle", async () => {
  await backUp();
  mkdirSync(join(draftOf(join(dir, "copy")), "repos"), { recursive: true });
  await query(target.url, `CREATE SCHEMA heddle_restore; CREATE TABLE heddle_restore."User" (id text)`);
  const copy = await restoreTo("copy", target.url);
  expect(existsSync(join(copy, "repos", workspace.projectId))).toBe(true);
});

test.runIf(isRoot)("a full disk leaves no backup", async () => {
  const disk = join(dir, "disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
  try {
    writeFileSync(join(homeDir, "worktrees", resting, "tree/large"), randomBytes(3_000_000));
    file = join(disk, "backup.tar.gz");
    await expect(backUp()).rejects.toThrow("ENOSPC");
    expect(readdirSync(disk)).toEqual([]);
  } finally {
    execFileSync("umount", ["--lazy", disk]);
  }
});
