import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { projectWorkflowId } from "@heddle/agent/contract";
import { chunk, createRawServer, startStream } from "@heddle/agent/models/testing/raw-server";
import { SandboxUnavailable } from "@heddle/agent/sandbox/errors";
import type { Sandboxes } from "@heddle/agent/sandbox/sandboxes";
import { newId } from "@heddle/db/ids";
import { projectScope, type ThreadScope, threadScope } from "@heddle/db/scope";
import { createSecretBox } from "@heddle/db/secrets";
import { createThread, getThread } from "@heddle/db/threads";
import { Client, Connection } from "@temporalio/client";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, secretKey, settled, shell, until } from "./harness.ts";

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage?.close());

/** A project that no worker has cloned yet, and its first thread. */
async function newProject(sourcePath: string) {
  const { id: workspaceId, principals } = stage.workspace;
  const id = newId();
  const createdById = principals.owner.userId;
  await stage.db.prisma.project.create({ data: { id, workspaceId, name: id, sourcePath, createdById } });
  return id;
}

/** The activities that a worker works on now. */
async function activitiesOf(workflowId: string): Promise<string[]> {
  const connection = await Connection.connect({ address: stage.temporalAddress });
  try {
    const { raw } = await new Client({ connection }).workflow.getHandle(workflowId).describe();
    const started = (raw.pendingActivities ?? []).filter((activity) => activity.lastStartedTime);
    return started.map((activity) => activity.activityType?.name ?? "");
  } catch {
    return [];
  } finally {
    await connection.close();
  }
}

const statusOf = (id: string) => stage.db.prisma.project.findUniqueOrThrow({ where: { id } });

async function startThread(projectId: string, model?: string): Promise<ThreadScope> {
  const { member } = stage.workspace.principals;
  const project = await projectScope(stage.db, member, projectId, "thread.create");
  const prompt = script(shell("echo a > a"), "Done.");
  const thread = await createThread(project, { prompt, model, visibility: "shared" });
  await stage.poke(thread.id);
  return threadScope(stage.db, member, thread.id, "thread.prompt");
}

async function addProvider(name: string, baseUrl: string, apiKey?: string) {
  const id = newId();
  const workspaceId = stage.workspace.id;
  const context = { workspaceId, model: "provider" as const, id };
  const apiKeyEnvelope = apiKey ? createSecretBox([secretKey]).seal(context, apiKey) : null;
  const models = { create: [{ id: "m", position: 0 }] };
  await stage.db.prisma.provider.create({
    data: { id, workspaceId, name, kind: "openai_chat", baseUrl, apiKeyEnvelope, models },
  });
}

test("a thread of a project that cannot be cloned ends with the reason", async () => {
  await stage.startWorker();
  const projectId = await newProject(join(stage.homeDir, "no-such-folder"));
  const scope = await startThread(projectId);
  expect((await settled(scope)).status).toBe("failed");
  expect((await itemsOf(scope)).at(-1)).toMatchObject({
    code: "PROJECT_NOT_READY",
    message: expect.stringContaining("no-such-folder"),
  });
});

test("a path that the system cannot even look at is a failed project, not one that is cloned for ever", async () => {
  await stage.startWorker();
  const projectId = await newProject(`/${"x".repeat(300)}`);
  const project = await until(async () => {
    const row = await statusOf(projectId);
    return row.status !== "cloning" && row;
  });
  expect(project).toMatchObject({ status: "failed", reason: expect.any(String) });
});

test("a clone that a stopping worker cuts goes on with the next one", async () => {
  const projectId = await newProject(stage.sourceDir);
  const upstreamDir = join(stage.homeDir, "repos", projectId, "upstream.git");
  await mkdir(upstreamDir, { recursive: true });
  const holder = spawn("flock", ["--exclusive", upstreamDir, "sleep", "300"], { detached: true, stdio: "ignore" });
  const release = () => process.kill(-(holder.pid as number), "SIGKILL");
  const first = await stage.startWorker();
  await until(async () => (await activitiesOf(projectWorkflowId(projectId))).includes("fetchProject"));
  first.stop();
  release();
  await first.done;
  expect((await statusOf(projectId)).status).toBe("cloning");
  await stage.startWorker();
  await until(async () => (await statusOf(projectId)).status === "ready");
});

test("a sandbox that does not start at once leaves no doubt about the command", async () => {
  let opened = 0;
  const failsOnce: Sandboxes = {
    ...stage.sandboxes,
    open: (spec) => {
      opened += 1;
      return opened === 2 ? Promise.reject(new SandboxUnavailable("not now")) : stage.sandboxes.open(spec);
    },
  };
  await stage.startWorker({ sandboxes: failsOnce });
  const scope = await stage.prompt(script(shell("echo a"), "Done."));
  expect((await settled(scope)).status).toBe("idle");
  const command = (await itemsOf(scope)).find((item) => item.type === "commandExecution");
  expect(command).toMatchObject({ status: "completed", output: "a\n" });
});

test("a turn that fails waits for the answer under way, so that nothing comes after its end", async () => {
  await stage.startWorker();
  const long = { text: "word ".repeat(200), calls: [shell("true")] };
  const scope = await stage.prompt(`delay=20 ${script(shell("truncate -s 3G huge"), long, "Done.")}`);
  expect((await settled(scope)).status).toBe("failed");
  const items = await itemsOf(scope);
  expect(items.at(-1)).toMatchObject({ type: "error", code: "SNAPSHOT_TOO_LARGE" });
  expect(items.some((item) => item.status === "running")).toBe(false);
  const steps = await stage.db.prisma.modelStep.findMany({ where: { turn: { threadId: scope.threadId } } });
  expect(steps.map((step) => step.completedAt !== null)).toEqual([true, true]);
  const records = await stage.db.prisma.usageRecord.count({ where: { threadId: scope.threadId, purpose: "step" } });
  expect(records).toBe(2);
});

test("a key that no header can carry reaches no log", async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write(line, _encoding, done) {
      lines.push(String(line));
      done();
    },
  });
  await addProvider("odd", stage.demo.baseUrl, "sk-very-secret\nline");
  await stage.startWorker({ log: pino({ level: "debug" }, sink) });
  await startThread(stage.workspace.projectId, "odd/m");
  await until(async () => lines.some((line) => line.includes("no title")));
  expect(lines.join("")).not.toContain("very-secret");
});

test("titles are counted, too, when the provider does not count", async () => {
  const provider = await createRawServer();
  try {
    provider.answerWith((response) => {
      startStream(response);
      response.end(`${chunk({ content: "Some words in answer" }, "stop")}data: [DONE]\n\n`);
    });
    await addProvider("uncounted", `${provider.origin}/v1`);
    await stage.startWorker();
    const scope = await startThread(stage.workspace.projectId, "uncounted/m");
    expect((await settled(scope)).status).toBe("idle");
    const records = await stage.db.prisma.usageRecord.findMany({ where: { threadId: scope.threadId } });
    expect(records.map((record) => record.purpose).sort()).toEqual(["step", "title"]);
    for (const record of records) {
      expect(record.estimated).toBe(true);
      expect(Math.min(record.inputTokens, record.outputTokens)).toBeGreaterThan(0);
    }
    const sum = records.reduce((total, record) => total + record.inputTokens, 0);
    expect((await getThread(scope)).usage.inputTokens).toBe(sum);
  } finally {
    provider.close();
  }
});
