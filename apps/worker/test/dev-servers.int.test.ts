import { processesWith, sleepMarker } from "@heddle/agent/sandbox/testing/sandbox-home";
import { readDev, startDev, stopDev } from "@heddle/db/dev-servers";
import { setEnvironment } from "@heddle/db/environment";
import type { ItemView } from "@heddle/db/items.schema";
import { setEnvironmentInput } from "@heddle/db/projects.schema";
import { projectScope, type ThreadScope, threadScope } from "@heddle/db/scope";
import { createThread } from "@heddle/db/threads";
import { sendTurn } from "@heddle/db/turns";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
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

const server = (text: string, marker: string) => `echo starting; exec node -e '
  require("node:http").createServer((_, response) => response.end("${text}")).listen(process.env.PORT, process.env.HOST);
  // ${marker}'`;

async function setCommand(devCommand: string | null) {
  const { principals, projectId } = stage.workspace;
  const scope = await projectScope(stage.db, principals.admin, projectId, "project.manage");
  await setEnvironment(scope, setEnvironmentInput.parse({ devCommand }));
}

async function newThread(): Promise<ThreadScope> {
  const scope = await stage.prompt(script(shell("true"), "Done."));
  await settled(scope);
  return scope;
}

const has = (scope: ThreadScope, wanted: string) =>
  until(async () => {
    const dev = await readDev(scope);
    return dev.status === wanted && dev;
  });

async function up(scope: ThreadScope): Promise<string> {
  await startDev(scope);
  return (await has(scope, "running")).url as string;
}

async function logs(scope: ThreadScope): Promise<Extract<ItemView, { type: "commandExecution" }>[]> {
  const items = await itemsOf(scope);
  return items.filter((item) => item.type === "commandExecution").filter((item) => item.purpose === "dev");
}

const bodyOf = async (url: string) => (await fetch(url)).text();

test("a dev command is started, reached, left alone by turns, and stopped", async () => {
  const marker = sleepMarker();
  await setCommand(server("hello", marker));
  const scope = await newThread();
  expect(await readDev(scope)).toMatchObject({ status: "stopped", itemId: null, port: null, url: null });
  const url = await up(scope);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await bodyOf(url)).toBe("hello");
  expect(await startDev(scope)).toMatchObject({ status: "running", url });
  await sendTurn(scope, { prompt: script(shell("sleep 300 & echo side by side"), "Done.") });
  await stage.poke(scope.threadId);
  expect((await settled(scope)).status).toBe("idle");
  expect(await bodyOf(url)).toBe("hello");
  expect(await logs(scope)).toMatchObject([{ status: "running", output: "starting\n" }]);
  await stopDev(scope);
  expect(await has(scope, "stopped")).toMatchObject({ port: null, url: null });
  expect(await logs(scope)).toMatchObject([{ status: "completed", output: "starting\n", note: "Stopped." }]);
  expect(await processesWith(marker)).toEqual([]);
  await expect(fetch(url)).rejects.toThrow();
});

test("those of two threads do not meet, though both have the same port inside", async () => {
  await setCommand(
    'exec node -e \'require("node:http").createServer((_, r) => r.end(require("fs").readFileSync("name"))).listen(process.env.PORT)\'',
  );
  const scopes = await Promise.all(
    ["one", "two"].map(async (name) => {
      const scope = await stage.prompt(script(shell(`printf ${name} > name`), "Done."));
      await settled(scope);
      return scope;
    }),
  );
  const urls = await Promise.all(scopes.map(up));
  expect(await Promise.all(urls.map(bodyOf))).toEqual(["one", "two"]);
  await Promise.all(scopes.map(stopDev));
  for (const scope of scopes) await has(scope, "stopped");
});

test("one that ends by itself says how, and can be started again", async () => {
  await setCommand("echo port in use; exit 7");
  const scope = await newThread();
  await startDev(scope);
  await has(scope, "failed");
  expect(await logs(scope)).toMatchObject([{ status: "failed", exitCode: 7, output: "port in use\n" }]);
  await setCommand(server("again", sleepMarker()));
  expect(await bodyOf(await up(scope))).toBe("again");
  await stopDev(scope);
  await has(scope, "stopped");
});

describe("with its worker", () => {
  test("a dev server ends; the next worker leaves it to a person to start it again", async () => {
    const marker = sleepMarker();
    await setCommand(server("one", marker));
    const scope = await newThread();
    await up(scope);
    worker.stop();
    await worker.done;
    expect(await processesWith(marker)).toEqual([]);
    worker = await stage.startWorker();
    expect(await readDev(scope)).toMatchObject({ status: "stopped" });
    expect(await logs(scope)).toMatchObject([
      { status: "interrupted", note: expect.stringContaining("Start it again") },
    ]);
    expect(await bodyOf(await up(scope))).toBe("one");
    await stopDev(scope);
    await has(scope, "stopped");
  });

  test("killed, it is closed by the next one", async () => {
    await setCommand(server("one", sleepMarker()));
    const scope = await newThread();
    await up(scope);
    // As a killed worker leaves it: nobody has written its end.
    await stage.db.prisma.host.update({ where: { id: "stage" }, data: { epoch: { increment: 1 } } });
    worker.stop();
    await worker.done;
    expect(await logs(scope)).toMatchObject([{ status: "running" }]);
    expect(await readDev(scope)).toMatchObject({ status: "stopped", url: null });
    worker = await stage.startWorker();
    await until(async () => (await logs(scope))[0]?.status === "interrupted");
    expect(await stopDev(scope)).toMatchObject({ status: "stopped" });
  });
});

describe("what cannot be", () => {
  test("is refused with the reason", async () => {
    await setCommand(null);
    const scope = await newThread();
    await expect(startDev(scope)).rejects.toMatchObject({ code: "NO_DEV_COMMAND" });
    await setCommand("true");
    const { principals, projectId } = stage.workspace;
    const project = await projectScope(stage.db, principals.member, projectId, "thread.create");
    const fresh = await createThread(project, { prompt: "Wait", visibility: "shared" });
    const early = await threadScope(stage.db, principals.member, fresh.id, "thread.prompt");
    await expect(startDev(early)).rejects.toMatchObject({ code: "NO_WORKTREE" });
    expect(await stopDev(early)).toMatchObject({ status: "stopped" });
    await stage.db.prisma.thread.update({ where: { id: scope.threadId }, data: { status: "archived" } });
    await expect(startDev(scope)).rejects.toMatchObject({ code: "THREAD_ARCHIVED" });
  });

  test("an archived or deleted thread's server ends", async () => {
    const markers = [sleepMarker(), sleepMarker()];
    const scopes: ThreadScope[] = [];
    for (const marker of markers) {
      await setCommand(server("x", marker));
      const scope = await newThread();
      await up(scope);
      scopes.push(scope);
    }
    const [archived, removed] = scopes.map(({ threadId }) => threadId);
    await stage.db.prisma.thread.update({ where: { id: archived }, data: { status: "archived" } });
    await stage.db.prisma.thread.delete({ where: { id: removed } });
    await until(async () => (await Promise.all(markers.map(processesWith))).flat().length === 0);
    await has(scopes[0] as ThreadScope, "stopped");
  });
});
