import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { databaseName, ensureDatabase } from "@heddle/infra/postgres";
import { type ScratchPostgres, startScratchPostgres } from "@heddle/infra/scratch-postgres";
import { expect, test } from "@playwright/test";
import { shellEnv } from "./env.ts";
import { createKeyedModel, type KeyedModel } from "./keyed-model.ts";
import { api, createStack, type Stack } from "./stack.ts";

/** Backups of stacks that run, restored and started elsewhere. */
test.describe.configure({ mode: "serial" });

type Thread = { id: string; status: string };
type Item = { type: string; status: string; text?: string };

const root = fileURLToPath(new URL("..", import.meta.url));
const apiKey = "sk-test-backup-0123456789";
let dir: string;
let model: KeyedModel;
let server: ScratchPostgres;
const running: Stack[] = [];

test.beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "heddle-backup-"));
  model = await createKeyedModel();
  server = await startScratchPostgres();
});
test.afterAll(async () => {
  for (const stack of running) await stack.stop();
  await model?.close();
  await server?.remove();
  await rm(dir, { recursive: true, force: true });
});

async function start(name: string, env: Record<string, string> = {}): Promise<Stack> {
  const stack = await createStack(join(dir, name), env);
  running.push(stack);
  await stack.start();
  return stack;
}

/** What a person sees of `npm run <command>`. */
function command(name: "backup" | "restore", args: string[], env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const program = ["infra/bootstrap/command.mjs", name, ...args];
    execFile(process.execPath, program, { cwd: root, env: { ...shellEnv, ...env } }, (error, stdout, stderr) => {
      if (error) reject(new Error(stdout + stderr));
      else resolve(stdout);
    });
  });
}

const shell = (text: string) => ({ name: "shell", arguments: { command: text } });
const statusOf = (stack: Stack, id: string) => api<Thread>(stack, "GET", `/threads/${id}`).then(({ status }) => status);
const effects = (stack: Stack, id: string) =>
  readFile(join(stack.homeDir, "worktrees", id, "tree/effects.txt"), "utf8").catch(() => "");

async function ask(stack: Stack, steps: unknown[]): Promise<string> {
  const [project] = await api<{ id: string }[]>(stack, "GET", "/projects");
  const body = { prompt: JSON.stringify([...steps, "Done."]), model: "script/scenario-tools" };
  return (await api<Thread>(stack, "POST", `/projects/${project?.id}/threads`, body)).id;
}

async function fill(stack: Stack): Promise<{ resting: string; busy: string }> {
  const { baseUrl } = model;
  const models = [{ id: "scenario-tools" }];
  await api(stack, "POST", "/providers", { name: "script", kind: "openai-chat", baseUrl, apiKey, models });
  const resting = await ask(stack, [shell("echo '*.log' > .gitignore; echo kept > run.log; echo text > file.txt")]);
  await expect.poll(() => statusOf(stack, resting), { timeout: 60_000 }).toBe("idle");
  await api(stack, "POST", `/threads/${resting}/commit`, { message: "Add a file" });
  const busy = await ask(stack, [shell("echo one >> effects.txt"), shell("echo two >> effects.txt; sleep 20")]);
  await expect.poll(() => effects(stack, busy), { timeout: 60_000 }).toBe("one\ntwo\n");
  return { resting, busy };
}

/** The copy has everything, and its threads go on. */
async function isWhole(copy: Stack, { resting, busy }: { resting: string; busy: string }): Promise<void> {
  await expect.poll(() => statusOf(copy, busy), { timeout: 120_000 }).toBe("idle");
  const { items } = await api<{ items: Item[] }>(copy, "GET", `/threads/${busy}/items`);
  const commands = items.filter(({ type }) => type === "commandExecution").map(({ status }) => status);
  expect(commands, "a command that ran at that moment is not run again").toEqual(["completed", "interrupted"]);
  expect(await effects(copy, busy), "its files are those of the last checkpoint").toBe("one\n");
  const diff = await api<{ files: { path: string }[] }>(copy, "GET", `/threads/${resting}/diff`);
  expect(diff.files.map(({ path }) => path).sort()).toEqual([".gitignore", "file.txt"]);
  expect(await api(copy, "GET", "/audit/verify")).toMatchObject({ ok: true });
  const recent = await api<{ events: { action: string }[] }>(copy, "GET", "/audit/recent?limit=50");
  expect(recent.events.map(({ action }) => action)).toContain("workspace.restore");

  model.keys().clear();
  await api(copy, "POST", `/threads/${resting}/turns`, { prompt: JSON.stringify([shell("cat run.log"), "Read."]) });
  const last = async () => (await api<{ items: Item[] }>(copy, "GET", `/threads/${resting}/items`)).items.at(-1);
  await expect.poll(last, { timeout: 60_000 }).toMatchObject({ type: "agentMessage", text: "Read." });
  const after = await api<{ items: Item[] }>(copy, "GET", `/threads/${resting}/items`);
  const read = after.items.findLast(({ type }) => type === "commandExecution");
  expect(read, "ignored files are there").toMatchObject({ status: "completed", exitCode: 0, output: "kept\n" });
  expect([...model.keys()]).toEqual([apiKey]);
}

test("a home in use, into another home", async () => {
  test.setTimeout(600_000);
  const stack = await start("home");
  const threads = await fill(stack);
  const file = join(dir, "home.tar.gz");
  const said = await command("backup", [file, "--with-secrets"], { HEDDLE_HOME: stack.homeDir });
  expect(said).toMatch(/is whole: .* unpacked[\s\S]*2 threads, the files of 1 worktrees\nDone in/);
  expect(await statusOf(stack, threads.busy), "threads go on meanwhile").toBe("running");
  await expect.poll(() => statusOf(stack, threads.busy), { timeout: 60_000 }).toBe("idle");
  expect(await effects(stack, threads.busy)).toBe("one\ntwo\n");
  await stack.stop();

  const target = join(dir, "copy");
  const restored = await command("restore", [file, "--home", target], { HEDDLE_HOME: stack.homeDir });
  expect(restored).toContain("1 threads had work to do and will go on");
  expect(await command("backup", ["--verify", file], {})).toContain("is whole");
  await expect(command("restore", [file, "--home", target], {})).rejects.toThrow("is not empty");
  const copy = await start("copy");
  await isWhole(copy, threads);
  await copy.stop();
});

test("a home that is stopped can be backed up too, and says so when nothing is there", async () => {
  test.setTimeout(120_000);
  const file = join(dir, "stopped.tar.gz");
  const said = await command("backup", [file], { HEDDLE_HOME: join(dir, "home") });
  expect(said).toContain("without secrets.json: 1 provider keys must be entered again in a copy");
  await expect(command("backup", [file], { HEDDLE_HOME: join(dir, "home") })).rejects.toThrow("exists");
  const nowhere = command("backup", [join(dir, "x.tar.gz")], { HEDDLE_HOME: join(dir, "nowhere") });
  await expect(nowhere).rejects.toThrow("there is no home in");
  expect(existsSync(join(dir, "x.tar.gz")) || existsSync(join(dir, "nowhere"))).toBe(false);
});

test("a server of one's own, into another database and home", async () => {
  test.setTimeout(600_000);
  const databaseOf = async (name: string) => {
    await ensureDatabase(server, name);
    return server.url(name);
  };
  const url = await databaseOf(databaseName);
  const stack = await start("own", { DATABASE_URL: url });
  const threads = await fill(stack);
  const file = join(dir, "own.tar.gz");
  await command("backup", [file, "--with-secrets"], { HEDDLE_HOME: stack.homeDir, DATABASE_URL: url });
  await stack.stop();
  await expect(
    command("restore", [file, "--home", join(dir, "own-copy")], { DATABASE_URL: url }),
    "a database in use is left alone",
  ).rejects.toThrow("holds something else already");

  const copyUrl = await databaseOf("copy");
  await command("restore", [file, "--home", join(dir, "own-copy")], { DATABASE_URL: copyUrl });
  const copy = await start("own-copy", { DATABASE_URL: copyUrl });
  await isWhole(copy, threads);
  await copy.stop();
});
