import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packFromStore } from "@heddle/agent/git/outgoing";
import { openStore, type ProjectStore } from "@heddle/agent/git/store";
import { preparePack, recordPack } from "@heddle/db/checkpoint-packs";
import { createDatabase } from "@heddle/db/database";
import { makeWorkspace } from "@heddle/db/testing/fixtures";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { readEnv } from "../env.ts";
import { homePaths, openHome } from "../home.ts";
import { copyBeforeMigration, migrateEmbedded } from "../migrate-embedded.ts";
import { freePort } from "../ports.ts";
import { createPostgres, databaseName, ensureDatabase } from "../postgres.ts";
import { readSecrets } from "../secrets.ts";
import { createContext } from "./finding.ts";
import { repair } from "./repair.ts";

// Each look reads all there is, several times a test.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const ignore = () => undefined;
let dir: string;
/** One whole home; each test damages a copy of it. */
let whole: string;
let home: string;
let projectId: string;
/** One whose checkpoint is in a pack, and one whose checkpoint is older than packs. */
let threads: { packed: string; older: string };
let facts: { relation: string; index: string; searchIndex: string };

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "heddle-repair-"));
  whole = join(dir, "whole");
  openHome(whole, ignore);
  writeFileSync(join(whole, "host-id"), "host-of-here\n");
  await onDatabase(whole, fill);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

beforeEach(() => {
  home = join(dir, "home");
  cpSync(whole, home, { recursive: true, preserveTimestamps: true });
  cpSync(join(dir, "source"), join(dir, "source.before"), { recursive: true });
});
afterEach(() => {
  for (const path of [home, join(dir, "source")]) rmSync(path, { recursive: true, force: true });
  renameSync(join(dir, "source.before"), join(dir, "source"));
});

/** With the home's server running. */
async function onDatabase<T>(homeDir: string, work: (url: string) => Promise<T>): Promise<T> {
  const paths = homePaths(homeDir);
  const secrets = readSecrets(paths.secretsFile);
  const password = secrets.state === "whole" ? secrets.secrets.postgresPassword : "";
  const postgres = await createPostgres(
    { dataDir: paths.postgresDir, port: await freePort(), password },
    { runDir: paths.runDir, logsDir: paths.logsDir, report: ignore, endWithParent: true },
  );
  await postgres.service.start();
  await ensureDatabase(postgres, databaseName);
  await migrateEmbedded(postgres, { dataDir: paths.postgresDir, report: ignore });
  return work(postgres.url()).finally(() => postgres.service.stop());
}

const git = (cwd: string, ...args: string[]) =>
  execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.test", ...args], {
    cwd,
    encoding: "utf8",
  }).trim();

async function fill(url: string): Promise<void> {
  const db = createDatabase({ url, poolSize: 2 });
  const source = join(dir, "source");
  mkdirSync(source);
  git(source, "init", "--quiet", "-b", "main");
  writeFileSync(join(source, "file"), "text\n".repeat(500));
  git(source, "add", "-A");
  git(source, "commit", "--quiet", "-m", "Begin");
  const { id: workspaceId, projectId: id, principals } = await makeWorkspace(db, { sourcePath: source });
  projectId = id;
  await db.prisma.project.update({ where: { id }, data: { fetchedAt: new Date() } });
  await db.prisma.host.create({ data: { id: "host-of-here", leaseExpiresAt: new Date(0) } });
  const store = openStore(whole, id);
  await store.fetch(source);
  const baseCommit = git(source, "rev-parse", "HEAD");
  const makeThread = async (branch: string) => {
    const createdById = principals.owner.userId;
    const common = { workspaceId, projectId, title: branch, createdById, model: "demo/demo", hostId: "host-of-here" };
    const thread = await db.prisma.thread.create({ data: { ...common, branch, baseCommit } });
    const ref = `refs/heddle/threads/${thread.id}`;
    const message = ["commit-tree", `${baseCommit}^{tree}`, "-p", baseCommit, "-m", branch];
    const commit = git(store.threadsDir, ...message);
    git(store.threadsDir, "update-ref", ref, commit);
    await db.prisma.thread.update({ where: { id: thread.id }, data: { lastCheckpoint: commit } });
    return { id: thread.id, commit, ref };
  };
  const packed = await makeThread("packed");
  const scope = { db, threadId: packed.id, fence: undefined };
  const pack = await packFromStore(store, {
    threadId: packed.id,
    commit: packed.commit,
    ref: packed.ref,
    have: [baseCommit],
  });
  const prepared = await preparePack(scope, pack);
  await db.prisma.$transaction((tx) => recordPack(tx, packed.id, prepared));
  await pack.close();
  threads = { packed: packed.id, older: (await makeThread("older")).id };
  const tree = join(whole, "worktrees", packed.id, "tree");
  mkdirSync(tree, { recursive: true });
  writeFileSync(join(tree, "file"), "");
  const [paths] = await db.prisma.$queryRaw<[typeof facts]>`
    SELECT pg_relation_filepath('"Item"') AS "relation", pg_relation_filepath('"User_pkey"') AS "index",
      pg_relation_filepath('"Item_search_idx"') AS "searchIndex"`;
  facts = paths;
  await db.close();
}

async function run(options: { doIt?: boolean; useCopy?: boolean } = {}): Promise<{ open: number; said: string }> {
  const lines: string[] = [];
  const context = createContext(readEnv({ HEDDLE_HOME: home }), homePaths(home), (line) => void lines.push(line));
  const { doIt = false, useCopy = false } = options;
  const open = await repair(context, { doIt, useCopy, newTemporal: false });
  return { open, said: lines.join("\n") };
}

/** Looks, mends, and looks again. */
async function mends(sentence: RegExp): Promise<string> {
  const look = await run();
  expect(look.said).toMatch(sentence);
  expect(look.said).toContain("Would: ");
  expect(look.said).toContain("Nothing was changed.");
  expect(look.open).toBeGreaterThan(0);
  const { open, said } = await run({ doIt: true });
  expect(open, said).toBe(0);
  expect(said).toContain("All of it is mended");
  expect((await run()).said).toMatch(/Nothing is wrong\.$/);
  return said;
}

const aside = (path: string) => {
  const folder = readdirSync(home).find((name) => name.startsWith("set-aside-"));
  return join(home, folder ?? "nothing was set aside", path);
};

test("nothing is wrong with a whole home", async () => {
  expect(await run()).toEqual({ open: 0, said: `Looking at ${home} …\nNothing is wrong.` });
});

test("lost secrets are made anew, and the database is told its password", async () => {
  rmSync(join(home, "secrets.json"));
  const said = await mends(/secrets\.json is missing\.\n {4}What you can do: if you have a copy/);
  expect(said).toContain("Doing it: give it that one");
});

test("half-written secrets are kept aside", async () => {
  writeFileSync(join(home, "secrets.json"), '{ "secret');
  await mends(/secrets\.json is damaged/);
  expect(readFileSync(aside("secrets.json"), "utf8")).toBe('{ "secret');
});

test("keys that the new secrets do not open are named", async () => {
  await onDatabase(home, async (url) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`UPDATE "Provider" SET "apiKeyEnvelope" = 'v1.00000000.x.y'`).finally(() => client.end());
  });
  const { open, said } = await run({ doIt: true });
  expect(open).toBe(1);
  expect(said).toMatch(/key of the provider “demo” .* was sealed with a secret key that is not here/);
});

test("what copying has lost of the data folder is put back", async () => {
  for (const name of ["PG_VERSION", "pg_notify", "pg_twophase", "pg_hba.conf", "postgresql.conf"])
    rmSync(join(home, "postgres", name), { recursive: true });
  chmodSync(join(home, "postgres"), 0o755);
  const { open, said } = await run({ doIt: true });
  expect(open, "each hides the next; they are mended one after the other").toBe(0);
  expect(said).toMatch(/open to other users[\s\S]*PG_VERSION is missing[\s\S]*pg_notify[\s\S]*pg_hba\.conf/);
  expect((await run()).said).toMatch(/Nothing is wrong\.$/);
});

test.each([
  ["index", /the index "User_pkey" is damaged/],
  ["searchIndex", /the index "Item_search_idx" is damaged/],
] as const)("a damaged %s is built anew", async (index, sentence) => {
  const file = join(home, "postgres", facts[index]);
  writeFileSync(file, Buffer.alloc(statSync(file).size, 7));
  await mends(sentence);
});

test("a damaged table is named, with the ways back; the copy before the last update only when asked for", async () => {
  const copy = copyBeforeMigration(join(home, "postgres"));
  cpSync(join(home, "postgres"), copy, { recursive: true });
  chmodSync(copy, 0o700);
  rmSync(join(home, "postgres", facts.relation));
  const { open, said } = await run({ doIt: true });
  expect(open).toBe(1);
  expect(said).toMatch(/tables cannot be read whole: "Item"/);
  expect(said).toContain("npm run restore");
  expect(said).toMatch(/Would: put back the copy .* is given up\. Only with --use-copy/);
  await run({ doIt: true, useCopy: true });
  expect((await run()).said).toMatch(/Nothing is wrong\.$/);
  expect(existsSync(aside("postgres/PG_VERSION"))).toBe(true);
});

test.each([
  ["the control file is damaged", () => writeFileSync(join(home, "postgres/global/pg_control"), "x"), "does not start"],
  ["the folder is gone", () => rmSync(join(home, "postgres"), { recursive: true }), "postgres is missing"],
  ["it is of another version", () => writeFileSync(join(home, "postgres/PG_VERSION"), "9.6\n"), "PostgreSQL 9.6"],
])("nothing is made up where %s", async (_, damage, sentence) => {
  damage();
  const { open, said } = await run({ doIt: true });
  expect(open).toBe(1);
  expect(said).toContain(sentence);
  expect(said).toMatch(/What you can do: .*npm run (restore|backup)/);
  expect(said).not.toContain("Doing it");
});

test("a lost host-id is found again", async () => {
  rmSync(join(home, "host-id"));
  await mends(/host-id, the name under which/);
  expect(readFileSync(join(home, "host-id"), "utf8")).toBe("host-of-here\n");
});

test("Temporal's damaged file and drafts of what was cut are moved out of the way", async () => {
  writeFileSync(join(home, "temporal/temporal.db"), "garbage");
  mkdirSync(join(home, "postgres.new-abcdef"));
  await mends(
    /temporal\.db is damaged[\s\S]*postgres\.new-abcdef is left of something that was cut|left of[\s\S]*damaged/,
  );
  expect(readFileSync(aside("temporal/temporal.db"), "utf8")).toBe("garbage");
});

const checkpointOf = (store: ProjectStore, threadId: string) =>
  git(store.threadsDir, "rev-parse", `refs/heddle/threads/${threadId}`);

function damageObject(gitDir: string, object: string): void {
  const file = join(gitDir, "objects", object.slice(0, 2), object.slice(2));
  chmodSync(file, 0o644);
  writeFileSync(file, "damaged");
}

test("a damaged upstream store is fetched again, with what only the old one has", async () => {
  const store = openStore(home, projectId);
  const source = join(dir, "source");
  const base = git(source, "rev-parse", "HEAD");
  // The source has gone on, and has forgotten what the threads began with.
  git(source, "checkout", "--quiet", "--orphan", "other");
  git(source, "commit", "--quiet", "-m", "Another beginning");
  git(source, "branch", "--quiet", "-D", "main");
  await store.fetch(source);
  damageObject(store.upstreamDir, git(source, "rev-parse", "HEAD"));
  await mends(/upstream\.git of the project “Project” is damaged/);
  expect(git(store.upstreamDir, "cat-file", "-t", base)).toBe("commit");
});

test("a damaged store of threads is made anew from packs, and from what is whole in the old one", async () => {
  const store = openStore(home, projectId);
  const commits = [threads.packed, threads.older].map((id) => checkpointOf(store, id));
  damageObject(store.threadsDir, commits[0] ?? "");
  await mends(/threads\.git of the project “Project” is damaged/);
  expect([threads.packed, threads.older].map((id) => checkpointOf(store, id))).toEqual(commits);
  expect(existsSync(aside(`repos/${projectId}/threads.git/HEAD`))).toBe(true);
});

test("a project's stores that are gone are made anew; what had no pack is named as lost", async () => {
  const store = openStore(home, projectId);
  const commit = checkpointOf(store, threads.packed);
  rmSync(join(home, "repos", projectId), { recursive: true });
  const { said } = await run({ doIt: true });
  expect(said).toContain(`the thread ${threads.older} has lost commits for good`);
  expect(checkpointOf(store, threads.packed)).toBe(commit);
});

test("an upstream store whose source is gone waits for it", async () => {
  const source = join(dir, "source");
  rmSync(source, { recursive: true });
  rmSync(join(home, "repos", projectId, "upstream.git"), { recursive: true });
  const { open, said } = await run({ doIt: true });
  expect(open).toBe(1);
  expect(said).toContain(`put the project's source back at ${source}`);
});

test("an upstream store that cannot be fetched again is left in its place, and the rest is looked at", async () => {
  const source = join(dir, "source");
  const store = openStore(home, projectId);
  damageObject(store.upstreamDir, git(source, "rev-parse", "HEAD"));
  damageObject(store.upstreamDir, git(source, "rev-parse", "HEAD^{tree}"));
  rmSync(join(source, ".git"), { recursive: true });
  const before = readdirSync(store.upstreamDir, { recursive: true }).sort();
  const { open, said } = await run({ doIt: true });
  expect(open).toBe(1);
  expect(said).toMatch(/It failed: .*source is not a git repository/);
  expect(said).toContain("1 of 1 remain.");
  expect(readdirSync(store.upstreamDir, { recursive: true }).sort()).toEqual(before);
});

test("what other hosts have is not missed here", async () => {
  await onDatabase(home, async (url) => {
    const db = createDatabase({ url, poolSize: 2 });
    await db.prisma.host.create({ data: { id: "host-elsewhere", leaseExpiresAt: new Date(0) } });
    await db.prisma.thread.updateMany({ where: { id: threads.packed }, data: { hostId: "host-elsewhere" } });
    const { workspaceId, createdById } = await db.prisma.project.findUniqueOrThrow({ where: { id: projectId } });
    const elsewhere = { name: "Elsewhere", sourcePath: join(dir, "elsewhere"), fetchedAt: new Date() };
    await db.prisma.project.create({ data: { ...elsewhere, workspaceId, createdById } });
    await db.close();
  });
  git(openStore(home, projectId).threadsDir, "update-ref", "-d", `refs/heddle/threads/${threads.packed}`);
  git(openStore(home, projectId).threadsDir, "-c", "gc.pruneExpire=now", "prune", "--expire=now");
  expect((await run()).said).toMatch(/Nothing is wrong\.$/);
});
