import { execFileSync } from "node:child_process";
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testTemporalAddress } from "@heddle/db/testing/test-database";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { freePort } from "./ports.ts";
import { processesNaming, type StackProcess, startStackProcess } from "./testing/stack-process.ts";

/** One home that has been used; each test damages a copy of it. */
let whole: string;
let dir: string;
let home: string;
let port: number;
const isRoot = process.getuid?.() === 0;
const ready = "Heddle is ready at";

beforeAll(async () => {
  whole = mkdtempSync(join(tmpdir(), "heddle-whole-"));
  const stack = await start(whole);
  await stack.says(ready);
  stack.kill("SIGTERM");
  await stack.ended;
  mkdirSync(join(whole, "repos", "a-project"));
});
afterAll(() => rmSync(whole, { recursive: true, force: true }));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "heddle-damaged-"));
  home = join(dir, "home");
  cpSync(whole, home, { recursive: true, preserveTimestamps: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function start(homeDir: string, env: Record<string, string> = {}): Promise<StackProcess> {
  port = await freePort();
  const common = { HEDDLE_HOME: homeDir, HEDDLE_PORT: String(port), TEMPORAL_ADDRESS: testTemporalAddress() };
  return startStackProcess({ ...common, ...env });
}

/** Everything below a folder with its size; times and what a start may write at any time are left out. */
function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => !/^(run|logs|temporal)(\/|$)/.test(path))
    .map((path) => `${path} ${statSync(join(folder, path)).size}`)
    .sort();
}

async function refusal(homeDir = home): Promise<string> {
  const stack = await start(homeDir);
  expect(await stack.ended, stack.output()).toBe(1);
  expect(stack.output()).toContain("Heddle cannot start: ");
  expect(stack.output(), "no stack trace").not.toContain("    at ");
  expect(processesNaming(homeDir)).toEqual([]);
  return stack.output();
}

async function runs(): Promise<string> {
  const stack = await start(home, { TEMPORAL_ADDRESS: "" });
  const output = await stack.says(ready);
  stack.kill("SIGTERM");
  await stack.ended;
  return output;
}

const damages: [string, () => void, RegExp][] = [
  [
    "secrets.json is missing",
    () => rmSync(join(home, "secrets.json")),
    /secrets\.json is missing\. It holds the keys.*npm run repair/,
  ],
  [
    "secrets.json is half written",
    () => writeFileSync(join(home, "secrets.json"), '{ "secretKeys": "'),
    /secrets\.json is damaged\..*npm run repair/,
  ],
  [
    "the database is gone",
    () => rmSync(join(home, "postgres"), { recursive: true }),
    /the database is gone: .*npm run restore.*npm run repair/,
  ],
  [
    "a copy has lost empty folders",
    () => rmSync(join(home, "postgres/pg_notify"), { recursive: true }),
    /missing: pg_notify\); nothing was changed.*npm run repair/,
  ],
  [
    "the database's settings are gone",
    () => rmSync(join(home, "postgres/pg_hba.conf")),
    /missing: pg_hba\.conf\); nothing was changed.*npm run repair/,
  ],
  [
    "a newer version has updated it",
    () => writeFileSync(join(home, "postgres/heddle-migrations.json"), '["99999999999999_newer"]'),
    /another version of Heddle \(its migration 99999999999999_newer is not known here.*Nothing was changed/,
  ],
  ["its version is gone", () => rmSync(join(home, "postgres/PG_VERSION")), /PG_VERSION is missing or damaged/],
  [
    "its folder is open to others",
    () => execFileSync("chmod", ["755", join(home, "postgres")]),
    /open to other users, which PostgreSQL refuses/,
  ],
];

test.each(damages)("%s: the start says so and changes nothing", async (_, damage, sentence) => {
  damage();
  const before = listing(home);
  expect(await refusal()).toMatch(sentence);
  expect(listing(home)).toEqual(before);
});

test("a file that the server needs at once is gone: it says which", async () => {
  rmSync(join(home, "postgres/global/pg_filenode.map"));
  expect(await refusal()).toMatch(/PostgreSQL refuses Heddle .*pg_filenode\.map.*npm run repair/);
});

test("secrets of another home are told from lost ones", async () => {
  const secrets = JSON.parse(readFileSync(join(home, "secrets.json"), "utf8"));
  writeFileSync(join(home, "secrets.json"), JSON.stringify({ ...secrets, postgresPassword: "other" }));
  expect(await refusal()).toMatch(/holds another password than its own.*npm run repair/);
});

test("what is harmless is mended by itself, and said", async () => {
  execFileSync("chmod", ["644", join(home, "secrets.json")]);
  writeFileSync(join(home, "postgres/postmaster.pid"), `${process.pid}\n`);
  rmSync(join(home, "host-id"));
  rmSync(join(home, "worktrees"), { recursive: true });
  writeFileSync(join(home, "temporal/temporal.db"), "garbage");
  const output = await runs();
  expect(output).toContain("it is closed now");
  expect(statSync(join(home, "secrets.json")).mode & 0o777).toBe(0o600);
  expect(output).toMatch(/Temporal's file is damaged\. It was put aside as .*temporal\.db\.damaged-/);
  const aside = readdirSync(join(home, "temporal")).find((name) => name.startsWith("temporal.db.damaged-"));
  expect(readFileSync(join(home, "temporal", aside ?? ""), "utf8")).toBe("garbage");
  expect(await runs(), "the new file is a good one").not.toContain("damaged");
});

test("a first start that was cut in the middle of writing its secrets begins again", async () => {
  rmSync(home, { recursive: true });
  mkdirSync(home);
  writeFileSync(join(home, "secrets.json"), "");
  await runs();
});

test.runIf(isRoot)("a database of another user is named", async () => {
  chownSync(join(home, "postgres"), 12_345, 12_345);
  expect(await refusal()).toMatch(/belongs to the user with the id 12345, not to root who starts Heddle/);
});

test.runIf(isRoot)("a full disk, and one that can only be read, are named", async () => {
  const disk = join(dir, "disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=60m", "tmpfs", disk]);
  try {
    expect(await refusal(join(disk, "home"))).toMatch(/the disk of .* is full: \d+ MB are free, 100 MB are needed/);
    execFileSync("mount", ["-o", "remount,ro", disk]);
    expect(await refusal(join(disk, "home"))).toMatch(/cannot be written .*read-only/);
  } finally {
    execFileSync("umount", ["--lazy", disk]);
  }
});

test("a home far down in the file system works", async () => {
  const far = join(dir, "a-long-name-".repeat(12), "another-".repeat(12));
  mkdirSync(far, { recursive: true });
  cpSync(home, join(far, "home"), { recursive: true });
  home = join(far, "home");
  expect(existsSync(home)).toBe(true);
  await runs();
});
