import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDemoModel, type DemoModel } from "@heddle/infra/demo-model/server";
import { expect, test } from "@playwright/test";
import { api, createStack, type Part, type Stack } from "./stack.ts";

/** `kill -9` in the middle of a command: the thread goes on by itself, and nothing is done twice. */
test.describe.configure({ mode: "serial" });

type Item = { seq: number; id: string; type: string; status: string; command?: string };

let stack: Stack;
let dir: string;
/** Outside the stack, so that its log of requests survives every kill. */
let model: DemoModel;
let projectId: string;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  dir = await mkdtemp(join(tmpdir(), "heddle-kill-"));
  stack = await createStack(join(dir, "home"));
  model = await createDemoModel({ port: 0, chunkDelayMs: 0 });
  await stack.start();
  const models = [{ id: "scenario-tools" }];
  await api(stack, "POST", "/providers", { name: "script", kind: "openai-chat", baseUrl: model.baseUrl, models });
  [{ id: projectId }] = await api<[{ id: string }]>(stack, "GET", "/projects");
});
test.afterAll(async () => {
  await stack?.stop();
  await model?.close();
  await rm(dir, { recursive: true, force: true });
});

const kill = (part: Part) => () => stack.kill(part);

async function killAll(): Promise<void> {
  await stack.killAll();
  await stack.start();
}

/** What dies, and what becomes of the command that ran: one whose sandbox died with its worker has an unknown effect. */
const kills: [string, () => Promise<void>, "completed" | "interrupted"][] = [
  ["worker", kill("worker"), "interrupted"],
  ["web", kill("web"), "completed"],
  ["postgres", kill("postgres"), "completed"],
  ["temporal", kill("temporal"), "completed"],
  ["everything at once", killAll, "interrupted"],
];

for (const [name, strike, fate] of kills) {
  test(`kill -9 of ${name}`, async () => {
    test.setTimeout(180_000);
    const marker = `marker-${name.replaceAll(" ", "-")}-${Date.now()}`;
    const steps = ["one", "two", "three"].map((word, index) => ({
      name: "shell",
      arguments: { command: `echo ${word} >> effects.txt; sleep ${index === 1 ? 3 : 0}` },
    }));
    const prompt = `${marker}\n${JSON.stringify([...steps, "All three are done."])}`;
    const { id } = await api<{ id: string }>(stack, "POST", `/projects/${projectId}/threads`, {
      prompt,
      model: "script/scenario-tools",
    });
    const effects = () => readFile(join(stack.homeDir, "worktrees", id, "tree/effects.txt"), "utf8").catch(() => "");
    await expect.poll(effects, { timeout: 60_000 }).toBe("one\ntwo\n");

    await strike();

    const status = () =>
      api<{ status: string }>(stack, "GET", `/threads/${id}`).then(
        (thread) => thread.status,
        () => "unreachable",
      );
    await expect.poll(status, { timeout: 120_000, intervals: [250] }).toBe("idle");
    expect(await effects()).toBe("one\ntwo\nthree\n");

    const { items } = await api<{ items: Item[] }>(stack, "GET", `/threads/${id}/items`);
    expect(new Set(items.map((item) => item.id)).size).toBe(items.length);
    const commands = items.filter((item) => item.type === "commandExecution");
    expect(commands.map((item) => item.status)).toEqual(["completed", fate, "completed"]);
    expect(items.at(-1)).toMatchObject({ type: "agentMessage", status: "completed", text: "All three are done." });

    const log = await fetch(`${new URL(model.baseUrl).origin}/_requests?contains=${marker}`);
    const { requests } = (await log.json()) as { requests: { kind: string; step: number }[] };
    const asked = new Set(requests.filter((request) => request.kind === "turn").map((request) => request.step));
    expect([...asked].sort()).toEqual([0, 1, 2, 3]);
  });
}

test("a deleted Temporal file loses nothing", async () => {
  test.setTimeout(180_000);
  const prompt = `${JSON.stringify([{ name: "shell", arguments: { command: "echo one >> effects.txt; sleep 3" } }, "Done."])}`;
  const { id } = await api<{ id: string }>(stack, "POST", `/projects/${projectId}/threads`, {
    prompt,
    model: "script/scenario-tools",
  });
  const effects = () => readFile(join(stack.homeDir, "worktrees", id, "tree/effects.txt"), "utf8").catch(() => "");
  await expect.poll(effects, { timeout: 60_000 }).toBe("one\n");
  await stack.killAll();
  await rm(join(stack.homeDir, "temporal"), { recursive: true });
  await stack.start();
  const status = () => api<{ status: string }>(stack, "GET", `/threads/${id}`).then((thread) => thread.status);
  await expect.poll(status, { timeout: 120_000 }).toBe("idle");
  expect(await effects()).toBe("one\n");
});
