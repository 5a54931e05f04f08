import { execFile } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { promisify } from "node:util";
import { commitAll, userGit, writeFiles } from "@heddle/agent/git/testing/project";
import { processesWith, sleepMarker } from "@heddle/agent/sandbox/testing/sandbox-home";
import { setEnvironment } from "@heddle/db/environment";
import { newId } from "@heddle/db/ids";
import { interruptTurn } from "@heddle/db/interrupts";
import type { ItemView } from "@heddle/db/items.schema";
import { setEnvironmentInput } from "@heddle/db/projects.schema";
import { projectScope, type ThreadScope, threadScope } from "@heddle/db/scope";
import { decideSetup, retrySetup } from "@heddle/db/setup";
import { createThread, getThread } from "@heddle/db/threads";
import { sendTurn } from "@heddle/db/turns";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { WorkerHandle } from "../src/worker.ts";
import { itemsOf, openStage, type Stage, script, settled, shell, until } from "./harness.ts";

/** Each goes through several turns on a real stack; a busy machine takes its time. */
vi.setConfig({ testTimeout: 180_000 });

let stage: Stage;
let worker: WorkerHandle;

beforeAll(async () => {
  stage = await openStage();
  worker = await stage.startWorker();
});
afterAll(() => stage?.close());
beforeEach(() => set({ setupScript: null }));

/** The worker ends, and another one takes its place. */
async function restart(between?: () => Promise<unknown>, instead?: Parameters<Stage["startWorker"]>[0]) {
  worker.stop();
  await worker.done;
  await between?.();
  worker = await stage.startWorker(instead);
}

type Environment = Parameters<typeof setEnvironmentInput.parse>[0];

async function set(environment: Environment) {
  const { principals, projectId } = stage.workspace;
  const scope = await projectScope(stage.db, principals.admin, projectId, "project.manage");
  await setEnvironment(scope, setEnvironmentInput.parse(environment));
}

const agreed = (setupScript: string) => set({ setupScript, setupHosts: [], approve: true });
const asAdmin = (scope: ThreadScope) =>
  threadScope(stage.db, stage.workspace.principals.admin, scope.threadId, "thread.prompt");
const inTree = (scope: ThreadScope, path: string) => join(stage.homeDir, "worktrees", scope.threadId, "tree", path);
const statusOf = async (scope: ThreadScope) => {
  const { status, setupStatus } = await getThread(scope);
  return `${status} ${setupStatus}`;
};

async function setups(scope: ThreadScope): Promise<Extract<ItemView, { type: "commandExecution" }>[]> {
  const items = await itemsOf(scope);
  return items.filter((item) => item.type === "commandExecution").filter((item) => item.purpose === "setup");
}

/** Kills the first process of the sandbox that one with `marker` runs in, and so all of it. */
async function endSandbox(marker: string): Promise<void> {
  let [pid] = await processesWith(marker);
  for (;;) {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    if (/^NSpid:.*\t1$/m.test(status)) break;
    pid = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
  }
  process.kill(pid as number, "SIGKILL");
  await until(async () => (await processesWith(marker)).length === 0);
}

const waiting = (scope: ThreadScope) => until(async () => (await statusOf(scope)) === "waiting asked");

/** A file that outlives the worktree: what was done there is counted by its lines. */
const count = async (scope: ThreadScope, path = "count") =>
  (await readFile(inTree(scope, path), "utf8").catch(() => "")).split("\n").length - 1;

describe("a setup script", () => {
  test("runs once before the first step, with its log as an item, and leaves the model in peace", async () => {
    await agreed("echo installing; echo 1 >> count; pwd; echo $0; read line || echo no input");
    const scope = await stage.prompt(script(shell("cat count"), "Done."));
    expect((await settled(scope)).status).toBe("idle");
    await sendTurn(scope, { prompt: script("Again.") });
    await stage.poke(scope.threadId);
    await settled(scope);
    expect(await statusOf(scope)).toBe("idle done");
    expect(await setups(scope)).toMatchObject([
      { status: "completed", exitCode: 0, output: "installing\n/workspace\nsetup\nno input\n" },
    ]);
    const items = await itemsOf(scope);
    expect(items.map(({ type }) => type).slice(0, 3)).toEqual(["userMessage", "commandExecution", "commandExecution"]);
    expect(items[2]).toMatchObject({ output: "1\n" });
    const told = await fetch(new URL("/_requests?contains=installing", stage.demo.baseUrl));
    expect(await told.json()).toMatchObject({ count: 0 });
  });

  test("that fails ends the turn with the end of its log; it runs again when asked to, and the turn goes on", async () => {
    await agreed('[ -e /tmp/fixed ] || { echo "no registry, hunter2" >&2; false; }; echo fine');
    const lines: string[] = [];
    const sink = new Writable({
      write(line, _encoding, done) {
        lines.push(String(line));
        done();
      },
    });
    await restart(undefined, { log: pino({ level: "debug" }, sink) });
    const scope = await stage.prompt(script(shell("echo a > a"), "Done."));
    expect((await settled(scope)).status).toBe("failed");
    expect(await statusOf(scope)).toBe("failed failed");
    const error = (await itemsOf(scope)).at(-1);
    expect(error).toMatchObject({ type: "error", code: "SETUP_FAILED", retryable: true });
    expect(error).toHaveProperty("message", expect.stringMatching(/exit code 1[\s\S]*no registry/));
    expect(lines.join("")).not.toContain("hunter2");
    await writeFile(join(stage.homeDir, "worktrees", scope.threadId, "tmp/fixed"), "");
    await retrySetup(scope);
    await stage.poke(scope.threadId);
    expect((await settled(scope)).status).toBe("idle");
    expect((await setups(scope)).map(({ status }) => status)).toEqual(["failed", "completed"]);
  });

  test("reaches the hosts that were agreed to with it, which are not the agent's, and the thread tells which", async ({
    skip,
  }) => {
    const registry = (await promisify(execFile)("npm", ["config", "get", "registry"])).stdout.trim();
    const isReached = await fetch(registry).then(
      () => true,
      () => false,
    );
    if (!isReached) return skip("this machine does not reach its registry");
    const { host } = new URL(registry);
    const place = host.includes(":") ? host : `${host}:443`;
    const ask = (name: string) => `curl -sS -m 20 -o /dev/null -w '%{http_connect}\n' https://${name}/ 2>&1 | tail -1`;
    const setupScript = `${ask(place)}\n${ask("elsewhere.example")}\n`;
    await set({ setupScript, setupHosts: [place], approve: true });
    const scope = await stage.prompt(script(shell(ask(place)), "Done."));
    expect((await settled(scope)).status).toBe("idle");
    expect(await setups(scope)).toMatchObject([{ output: "200\n403\n" }]);
    const decisions = await stage.db.prisma.networkDecision.findMany({
      where: { threadId: scope.threadId, list: "setup" },
      orderBy: { at: "asc" },
    });
    expect(decisions).toMatchObject([
      { allowed: true, reason: null },
      { host: "elsewhere.example", allowed: false, reason: "HOST_NOT_ALLOWED" },
    ]);
    const command = (await itemsOf(scope)).find((item) => item.type === "commandExecution" && !item.purpose);
    expect(command).not.toMatchObject({ output: "200\n" });
  });

  test("that failed can be done without: the turn goes on", async () => {
    await agreed("false");
    const scope = await stage.prompt(script(shell("echo a > a"), "Done."));
    await settled(scope);
    await decideSetup(scope, { decision: "skip" });
    await stage.poke(scope.threadId);
    expect((await settled(scope)).status).toBe("idle");
    expect(await statusOf(scope)).toBe("idle skipped");
  });

  test("is ended by an interrupt with all that it has started, and runs again with the next turn", async () => {
    const marker = sleepMarker();
    await agreed(`echo 1 >> count; [ -e stop ] || { echo 1 > stop; sleep ${marker} & setsid sleep ${marker} & wait; }`);
    const scope = await stage.prompt(script(shell("true"), "Done."));
    await until(async () => (await processesWith(marker)).length >= 2);
    await interruptTurn(scope);
    expect((await settled(scope)).status).toBe("idle");
    expect(await processesWith(marker)).toEqual([]);
    expect(await setups(scope)).toMatchObject([{ status: "interrupted" }]);
    expect(await statusOf(scope)).toBe("idle none");
    await sendTurn(scope, { prompt: script("Done.") });
    await stage.poke(scope.threadId);
    await settled(scope);
    expect(await statusOf(scope)).toBe("idle done");
    expect(await count(scope)).toBe(2);
  });

  test("cut by the end of its worker is told as interrupted and run again by the next worker", async () => {
    const marker = sleepMarker();
    await agreed(`echo 1 >> count; [ -e again ] || { echo 1 > again; sleep ${marker}; }`);
    const scope = await stage.prompt(script(shell("true"), "Done."));
    await until(async () => (await processesWith(marker)).length > 0);
    await restart(async () => expect(await processesWith(marker)).toEqual([]));
    expect((await settled(scope)).status).toBe("idle");
    expect((await setups(scope)).map(({ status }) => status)).toEqual(["interrupted", "completed"]);
    expect(await count(scope)).toBe(2);
  });

  test("cut by the end of its sandbox is told as interrupted and run again, but not for ever", async () => {
    const marker = sleepMarker();
    await agreed(`echo 1 >> count; sleep ${marker}`);
    const scope = await stage.prompt(script(shell("true"), "Done."));
    for (let round = 1; round <= 3; round += 1) {
      await until(async () => (await count(scope)) === round && (await processesWith(marker)).length > 0);
      await endSandbox(marker);
    }
    await settled(scope);
    expect(await statusOf(scope)).toBe("failed failed");
    expect((await setups(scope)).map(({ status }) => status)).toEqual(["interrupted", "interrupted", "failed"]);
    expect((await itemsOf(scope)).at(-1)).toMatchObject({ message: expect.stringContaining("The sandbox was lost") });
    await agreed("echo 1 >> count");
    await retrySetup(await asAdmin(scope));
    await stage.poke(scope.threadId);
    await settled(scope);
    expect(await statusOf(scope)).toBe("idle done");
    expect(await count(scope)).toBe(4);
  });

  test("runs again in a worktree that had to be made anew", async () => {
    await writeFiles(stage.sourceDir, { ".gitignore": "modules\n" });
    await commitAll(stage.sourceDir, "Ignore");
    await agreed("echo 1 >> modules");
    const scope = await stage.prompt(script(shell("echo kept > kept"), "Done."));
    await settled(scope);
    await sendTurn(scope, { prompt: script(shell("chmod -R u+rwx . && find . -mindepth 1 -delete"), "Oh.") });
    await stage.poke(scope.threadId);
    await settled(scope);
    await sendTurn(scope, { prompt: script(shell("cat modules"), "Done.") });
    await stage.poke(scope.threadId);
    await settled(scope);
    expect((await setups(scope)).map(({ status }) => status)).toEqual(["completed", "completed"]);
    expect(await count(scope, "modules")).toBe(1);
  });
});

describe("a setup script that nobody has agreed to", () => {
  beforeEach(() => set({ setupScript: `echo 1 >> count # ${newId()}`, setupHosts: ["registry.example"] }));

  test("is waited with, over a restart of the worker, and runs by itself once somebody has agreed", async () => {
    const scope = await stage.prompt(script(shell("cat count"), "Done."));
    await waiting(scope);
    await restart();
    await sendTurn(scope, { prompt: script("Later.") });
    await stage.poke(scope.threadId);
    await waiting(scope);
    expect(await count(scope)).toBe(0);
    await decideSetup(await asAdmin(scope), { decision: "run" });
    await stage.poke(scope.threadId);
    expect(await settledFrom(scope)).toBe("idle done");
    expect(await count(scope)).toBe(1);
    const requests = (await itemsOf(scope)).filter((item) => item.type === "approvalRequest");
    expect(requests).toMatchObject([{ status: "completed", hosts: ["registry.example"] }]);
    const next = await stage.prompt(script("Done."));
    expect(await settledFrom(next)).toBe("idle done");
  });

  test("goes on even if the poke after the answer is lost", async () => {
    const scope = await stage.prompt(script(shell("true"), "Done."));
    await waiting(scope);
    await decideSetup(scope, { decision: "skip" });
    await restart();
    expect(await settledFrom(scope)).toBe("idle skipped");
    expect(await count(scope)).toBe(0);
  });

  test("an interrupt ends the turn that waits", async () => {
    const scope = await stage.prompt(script(shell("true"), "Done."));
    await waiting(scope);
    await interruptTurn(scope);
    await stage.poke(scope.threadId);
    expect(await settledFrom(scope)).toBe("idle none");
    const request = (await itemsOf(scope)).find((item) => item.type === "approvalRequest");
    expect(request).toMatchObject({ status: "interrupted" });
  });

  async function settledFrom(scope: ThreadScope): Promise<string> {
    return until(async () => {
      const status = await statusOf(scope);
      return !status.startsWith("running") && !status.startsWith("waiting") && status;
    });
  }
});

describe("the files of .worktreeinclude", () => {
  const commit = (files: Record<string, string>) =>
    writeFiles(stage.sourceDir, files).then(() => commitAll(stage.sourceDir, "Files"));
  const notices = async (scope: ThreadScope) => (await itemsOf(scope)).filter((item) => item.type === "notice");

  test("are in the worktree before the setup script runs, in no checkpoint, and the thread says so", async () => {
    await commit({ ".gitignore": "*.env\n", ".worktreeinclude": "*.env\n!no.env\n" });
    await writeFiles(stage.sourceDir, { "a.env": "A=1\n", "no.env": "B=2\n" });
    await agreed("cat a.env");
    const scope = await stage.prompt(script(shell("ls"), "Done."));
    const thread = await settled(scope);
    expect(thread).toMatchObject({ status: "idle", filesModified: 0 });
    expect(await setups(scope)).toMatchObject([{ output: "A=1\n" }]);
    expect(await notices(scope)).toMatchObject([{ kind: "filesIncluded", message: expect.stringContaining("a.env") }]);
    await expect(stat(inTree(scope, "no.env"))).rejects.toThrow("ENOENT");
  });

  test("are not chosen by a branch alone", async () => {
    await commit({ ".gitignore": "*.env\n", ".worktreeinclude": "a.env\n" });
    await userGit(stage.sourceDir, "checkout", "-q", "-b", "greedy");
    await commit({ ".worktreeinclude": "*\n" });
    await userGit(stage.sourceDir, "checkout", "-q", "main");
    await writeFiles(stage.sourceDir, { "a.env": "A=1\n", "secret.env": "B=2\n" });
    const { principals, projectId } = stage.workspace;
    const project = await projectScope(stage.db, principals.member, projectId, "thread.create");
    const prompt = script(shell("ls *.env"), "Done.");
    const model = "demo/scenario-tools";
    const { id } = await createThread(project, { prompt, model, baseRef: "greedy", visibility: "shared" });
    await stage.poke(id);
    const scope = await threadScope(stage.db, principals.member, id, "thread.prompt");
    await settled(scope);
    const command = (await itemsOf(scope)).find((item) => item.type === "commandExecution");
    expect(command).toMatchObject({ output: "a.env\n" });
  });
});
