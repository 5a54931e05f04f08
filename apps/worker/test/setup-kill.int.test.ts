import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { commitAll, writeFiles } from "@heddle/agent/git/testing/project";
import { sleepMarker } from "@heddle/agent/sandbox/testing/sandbox-home";
import { readDev, startDev } from "@heddle/db/dev-servers";
import { setEnvironment } from "@heddle/db/environment";
import { setEnvironmentInput } from "@heddle/db/projects.schema";
import { projectScope, type ThreadScope } from "@heddle/db/scope";
import { decideSetup } from "@heddle/db/setup";
import { getThread } from "@heddle/db/threads";
import { sendTurn } from "@heddle/db/turns";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell, until } from "./harness.ts";
import { buildWorker, createTestHost, processesWith, type TestHost, type WorkerProgram } from "./host-process.ts";

/** A death is noticed after ten seconds without a sign of life, and believed after twenty more. */
const longMs = 400_000;

let program: WorkerProgram;
let stage: Stage;
let host: TestHost;
let other: TestHost | null;

beforeAll(async () => {
  program = await buildWorker();
});
afterAll(() => program?.remove());
beforeEach(async () => {
  stage = await openStage();
  other = null;
  host = createTestHost(stage, program, "host-a");
  await host.start();
});
afterEach(async () => {
  await Promise.all([host?.signal("SIGKILL"), other?.signal("SIGKILL")]);
  await stage?.close();
});

async function set(environment: Parameters<typeof setEnvironmentInput.parse>[0]) {
  const { principals, projectId } = stage.workspace;
  const scope = await projectScope(stage.db, principals.admin, projectId, "project.manage");
  await setEnvironment(scope, setEnvironmentInput.parse(environment));
}

async function setups(scope: ThreadScope): Promise<string[]> {
  const items = (await itemsOf(scope)).filter((item) => item.type === "commandExecution");
  return items.filter((item) => item.purpose === "setup").map(({ status }) => status);
}

const setupStatusOf = async (scope: ThreadScope) => (await getThread(scope)).setupStatus;
const dead = (marker: string) => until(async () => (await processesWith(marker)).length === 0);

test(
  "a worker killed while the setup script runs leaves no process, and the next one runs the script again",
  async () => {
    const marker = sleepMarker();
    const setupScript = `echo 1 >> count; [ -e again ] || { touch again; sleep ${marker} & setsid sleep ${marker}; }`;
    await set({ setupScript, setupHosts: [], approve: true });
    const scope = await stage.prompt(script(shell("cat count"), "Done."));
    await until(async () => (await processesWith(marker)).length > 0 && existsSync(host.file(scope.threadId, "again")));
    await host.signal("SIGKILL");
    await dead(marker);
    await host.start();
    expect((await settled(scope)).status).toBe("idle");
    expect(await setups(scope)).toEqual(["interrupted", "completed"]);
    expect(await readFile(host.file(scope.threadId, "count"), "utf8")).toBe("1\n1\n");
  },
  longMs,
);

test(
  "waiting for somebody to agree outlives the worker",
  async () => {
    await set({ setupScript: "touch done" });
    const scope = await stage.prompt(script(shell("ls done"), "Done."));
    await until(async () => (await setupStatusOf(scope)) === "asked");
    await host.signal("SIGKILL");
    await decideSetup({ ...scope, role: "admin" }, { decision: "run" });
    await host.start();
    await until(async () => (await getThread(scope)).status === "idle");
    expect(await setups(scope)).toEqual(["completed"]);
  },
  longMs,
);

test(
  "a thread that moves is set up anew at its new host, and its dev server is left to a person to start",
  async () => {
    await writeFiles(stage.sourceDir, { ".gitignore": "*.env\nmodules\n", ".worktreeinclude": "*.env\n" });
    await commitAll(stage.sourceDir, "Environment");
    await writeFiles(stage.sourceDir, { "a.env": "A=1\n" });
    const marker = sleepMarker();
    await set({ setupScript: "cat a.env >> modules", setupHosts: [], approve: true, devCommand: `sleep ${marker}` });
    const scope = await stage.prompt(script(shell("echo kept > kept"), "Done."));
    await settled(scope);
    await startDev(scope);
    await until(async () => (await processesWith(marker)).length > 0);
    other = createTestHost(stage, program, "host-b");
    await other.start();
    await host.signal("SIGKILL");
    await dead(marker);
    await sendTurn(scope, { prompt: script(shell("cat kept modules a.env"), "Done.") });
    await stage.poke(scope.threadId);
    expect((await settled(scope)).status).toBe("idle");
    expect(await setups(scope)).toEqual(["completed", "completed"]);
    const commands = (await itemsOf(scope)).filter((item) => item.type === "commandExecution" && !item.purpose);
    expect(commands.at(-1)).toMatchObject({ output: "kept\nA=1\nA=1\n" });
    expect(await readDev(scope)).toMatchObject({ status: "stopped", url: null });
    await until(async () => {
      const dev = (await itemsOf(scope)).find((item) => item.type === "commandExecution" && item.purpose === "dev");
      return dev?.status === "interrupted";
    });
  },
  longMs,
);
