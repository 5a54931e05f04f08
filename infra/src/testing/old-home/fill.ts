import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDemoModel } from "../../../demo-model/server.ts";
import type { ApiClient } from "../api-client.ts";
import { oldHomeFacts } from "./facts.ts";

type Thread = { id: string; status: string };

const { provider, project, threads, other } = oldHomeFacts;
const pollMs = 100;

/** Gives a running stack some of everything, through its API only; returns while a command of a turn runs. */
export async function fillHome(api: ApiClient, homeDir: string, sourcePath: string): Promise<void> {
  const model = await createDemoModel({ port: 0, chunkDelayMs: 0 });
  try {
    const models = provider.models.map((id) => ({ id }));
    const { name, apiKey } = provider;
    await api("POST", "/providers", { name, kind: "openai-chat", baseUrl: model.baseUrl, apiKey, models });
    await api("POST", "/tokens", { role: "member", name: other });
    await api("POST", "/workspaces", { name: other });
    const { id: projectId } = await api<{ id: string }>("POST", "/projects", {
      name: project.name,
      source: { path: sourcePath },
    });
    await until(async () => (await api<{ status: string }>("GET", `/projects/${projectId}`)).status === "ready");
    await fillCommitted(api, projectId);
    await fillFailed(api, projectId);
    await fillInterrupted(api, projectId, homeDir);
  } finally {
    await model.close();
  }
}

async function fillCommitted(api: ApiClient, projectId: string): Promise<void> {
  const thread = await begin(api, projectId, threads.committed, [
    "printf 'weft\\n' > weft.txt && printf '*.log\\n' > .gitignore && echo noise > run.log",
    "mkdir -p empty odd && printf 'x\\r\\n' > 'odd/näme with spaces.txt' && ln -s weft.txt link && chmod +x weft.txt",
  ]);
  await rests(api, thread.id, "idle");
  await api("POST", `/threads/${thread.id}/turns`, { prompt: script(["printf 'more\\n' >> weft.txt"]) });
  await rests(api, thread.id, "idle");
  await api("POST", `/threads/${thread.id}/commit`, { message: "Add the weft" });
  await api("POST", `/threads/${thread.id}/turns`, { prompt: script(["echo after > after-the-commit.txt"]) });
  await rests(api, thread.id, "idle");
}

async function fillFailed(api: ApiClient, projectId: string): Promise<void> {
  const thread = await api<Thread>("POST", `/projects/${projectId}/threads`, {
    prompt: "Anything",
    title: threads.failed,
    model: `${provider.name}/scenario-401`,
  });
  await rests(api, thread.id, "failed");
}

async function fillInterrupted(api: ApiClient, projectId: string, homeDir: string): Promise<void> {
  const run = (command: string) => ({ prompt: `Run \`${command}\``, model: "demo/demo" });
  const first = run("echo one >> effects.txt");
  const body = { ...first, title: threads.interrupted };
  const thread = await api<Thread>("POST", `/projects/${projectId}/threads`, body);
  await rests(api, thread.id, "idle");
  await api("POST", `/threads/${thread.id}/turns`, run("echo two >> effects.txt; sleep 600"));
  const effects = join(homeDir, "worktrees", thread.id, "tree/effects.txt");
  await until(async () => readFileSync(effects, "utf8") === "one\ntwo\n");
  await api("POST", `/threads/${thread.id}/turns`, run("echo three >> effects.txt"));
}

/** A thread whose first turn runs these commands, one a step. */
function begin(api: ApiClient, projectId: string, title: string, commands: string[]): Promise<Thread> {
  const model = `${provider.name}/scenario-tools`;
  return api<Thread>("POST", `/projects/${projectId}/threads`, { title, model, prompt: script(commands) });
}

function script(commands: string[]): string {
  return JSON.stringify([...commands.map((command) => ({ name: "shell", arguments: { command } })), "Done."]);
}

function rests(api: ApiClient, threadId: string, status: string): Promise<void> {
  return until(async () => (await api<Thread>("GET", `/threads/${threadId}`)).status === status);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(pollMs);
}
