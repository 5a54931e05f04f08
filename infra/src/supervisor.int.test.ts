import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { testTemporalAddress } from "@heddle/db/testing/test-database";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "./ports.ts";
import { identify } from "./process-identity.ts";
import { answersOk } from "./ready.ts";
import { processesNaming, recordedPids, type StackProcess, startStackProcess } from "./testing/stack-process.ts";

let home: string;
let port: number;
let started: StackProcess[];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "heddle-home-"));
  port = await freePort();
  started = [];
});

afterEach(async () => {
  for (const stack of started) stack.kill("SIGTERM");
  await Promise.all(started.map((stack) => stack.ended));
  rmSync(home, { recursive: true, force: true });
});

function start(env: Record<string, string> = {}): StackProcess {
  const stack = startStackProcess({
    HEDDLE_HOME: home,
    HEDDLE_PORT: String(port),
    TEMPORAL_ADDRESS: testTemporalAddress(),
    ...env,
  });
  started.push(stack);
  return stack;
}

const ready = "Heddle is ready at";
const isGone = (pid: number) => identify(pid) === null;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(30);
}

test("it starts, shows the password once, and leaves no process behind", async () => {
  const first = start({ TEMPORAL_ADDRESS: "" });
  await first.says("Sign in as owner@heddle.local with the password");
  expect(first.output().match(new RegExp(`${ready} http://127.0.0.1:${port}\n`, "g"))).toHaveLength(1);
  const pids = recordedPids(home);
  expect(Object.keys(pids).sort()).toEqual(["demo-model", "postgres", "temporal", "web", "worker"]);
  first.kill("SIGTERM");
  expect(await first.ended).toBe(0);
  expect(Object.values(pids).every(isGone)).toBe(true);
  expect(processesNaming(home)).toEqual([]);

  const second = start();
  await second.says("Sign in as owner@heddle.local\n");
  expect(second.output()).not.toContain("password");
});

test("a second start on the same home is refused and disturbs nothing", async () => {
  const first = start();
  await first.says(ready);
  const pids = recordedPids(home);
  const second = start({ HEDDLE_PORT: String(await freePort()) });
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(
    `already runs on the home ${home} (process ${first.pid}, http://127.0.0.1:${port})`,
  );
  expect(recordedPids(home)).toEqual(pids);
  expect(Object.values(pids).some(isGone)).toBe(false);
});

test("a start waits for one that is stopping", async () => {
  const first = start();
  await first.says(ready);
  first.kill("SIGTERM");
  await first.says("Stopping");
  const second = start();
  await second.says(ready);
  expect(await first.ended).toBe(0);
});

test("a port in use is named, and nothing is made", async () => {
  const other = createServer().listen(port, "127.0.0.1");
  const stack = start();
  expect(await stack.ended).toBe(1);
  expect(stack.output()).toContain(`port ${port} on 127.0.0.1 is already in use`);
  expect(existsSync(join(home, "postgres"))).toBe(false);
  other.close();
});

test("after kill -9 of the supervisor the next start ends the orphans and goes on", async () => {
  const first = start();
  await first.says(ready);
  const orphans = recordedPids(home);
  first.kill("SIGKILL");
  await first.ended;
  expect(Object.values(orphans).some(isGone)).toBe(false);
  const second = start();
  await second.says(ready);
  expect(second.output()).toContain("Ended what an earlier run left behind");
  expect(Object.values(orphans).every(isGone)).toBe(true);
});

test("a home that is deleted under it ends the supervisor with one sentence and no process left", async () => {
  const stack = start({ TEMPORAL_ADDRESS: "" });
  await stack.says(ready);
  const pids = recordedPids(home);
  rmSync(home, { recursive: true, force: true });
  process.kill(pids.web ?? -1, "SIGKILL");
  expect(await stack.ended).toBe(1);
  expect(stack.output()).toMatch(/Heddle stops: the log .*web\.log cannot be written/);
  expect(Object.values(pids).every(isGone)).toBe(true);
});

test("half a record of an earlier run does not keep it from starting", async () => {
  mkdirSync(join(home, "run"));
  writeFileSync(join(home, "run", "web.json"), "");
  await start().says(ready);
});

test("every killed child comes back on its port", async () => {
  const stack = start({ TEMPORAL_ADDRESS: "" });
  await stack.says(ready);
  const before = recordedPids(home);
  for (const pid of Object.values(before)) process.kill(pid, "SIGKILL");
  for (const name of Object.keys(before)) await stack.says(`${name} runs again`);
  const after = recordedPids(home);
  for (const [name, pid] of Object.entries(before)) expect(after[name]).not.toBe(pid);
  expect(await answersOk(`http://127.0.0.1:${port}/`)).toBe(true);
});

test("SIGTERM during the start stops what has begun", async () => {
  const stack = start({ TEMPORAL_ADDRESS: "" });
  await until(() => existsSync(join(home, "run", "postgres.json")));
  stack.kill("SIGTERM");
  expect(await stack.ended).toBe(0);
  expect(processesNaming(home)).toEqual([]);
});

test.each([
  [
    "a missing control file",
    (dir: string) => rmSync(join(dir, "global/pg_control")),
    "not a whole PostgreSQL data folder",
  ],
  [
    "a damaged control file",
    (dir: string) => writeFileSync(join(dir, "global/pg_control"), "x"),
    "the data was left as it is",
  ],
  ["another version", (dir: string) => writeFileSync(join(dir, "PG_VERSION"), "9.6\n"), "belongs to PostgreSQL 9.6"],
])("a data folder with %s is named and left alone", async (_, damage, sentence) => {
  const first = start();
  await first.says(ready);
  first.kill("SIGTERM");
  await first.ended;
  const data = join(home, "postgres");
  damage(data);
  cpSync(data, `${home}/copy`, { recursive: true });
  const second = start();
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(sentence);
  expect(second.output()).not.toContain("    at ");
  expect(readFileSync(join(data, "PG_VERSION"))).toEqual(readFileSync(`${home}/copy/PG_VERSION`));
  expect(existsSync(join(data, "postgresql.conf"))).toBe(true);
  expect(processesNaming(home)).toEqual([]);
});

test("a home that cannot be made is named", async () => {
  writeFileSync(join(home, "file"), "");
  const stack = start({ HEDDLE_HOME: join(home, "file", "home") });
  expect(await stack.ended).toBe(1);
  expect(stack.output()).toContain("cannot be written");
});

test.each([
  ["HEDDLE_PORT", "eighty"],
  ["DATABASE_URL", "localhost/heddle"],
  ["TEMPORAL_ADDRESS", "localhost"],
])("a bad setting is named: %s", async (name, value) => {
  const stack = start({ [name]: value });
  expect(await stack.ended).toBe(1);
  expect(stack.output()).toContain(name);
});

test("outside servers that cannot be reached are named", async () => {
  const free = await freePort();
  const database = start({ DATABASE_URL: `postgres://heddle@127.0.0.1:${free}/heddle` });
  expect(await database.ended).toBe(1);
  expect(database.output()).toContain("check DATABASE_URL");
  const temporal = start({ TEMPORAL_ADDRESS: `127.0.0.1:${free}` });
  expect(await temporal.ended).toBe(1);
  expect(temporal.output()).toContain(`the Temporal server at 127.0.0.1:${free} cannot be reached`);
  expect(processesNaming(home)).toEqual([]);
});
