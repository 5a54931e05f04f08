import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { threadWorkflowId } from "@heddle/agent/contract";
import { finishTurn } from "@heddle/db/finish-turn";
import { interruptTurn } from "@heddle/db/interrupts";
import { requestCommit } from "@heddle/db/jobs";
import { type ThreadScope, threadScope } from "@heddle/db/scope";
import { sendTurn } from "@heddle/db/turns";
import { Client, Connection } from "@temporalio/client";
import { Worker } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell, until, workflowsPath } from "./harness.ts";

/**
 * Runs each path through the workflows for real and replays what came of it. The history of a path that has none yet
 * is kept: after a change of a workflow give its paths new names, so that the old histories go on to be replayed.
 */
let stage: Stage;
let connection: Connection;

beforeAll(async () => {
  stage = await openStage();
  connection = await Connection.connect({ address: stage.temporalAddress });
  await stage.startWorker();
});
afterAll(async () => {
  await connection?.close();
  await stage?.close();
});

const paths: [string, () => Promise<ThreadScope>][] = [
  ["tools-and-checkpoints", () => stage.prompt(script(shell("echo a > a"), shell("echo b > b"), "Done."))],
  ["model-refuses", () => stage.prompt("Go on.", "demo/scenario-401")],
  [
    "follow-up",
    async () => {
      const scope = await stage.prompt(script(shell("true"), "One."));
      await sendTurn(scope, { prompt: script("Two.") });
      return scope;
    },
  ],
  [
    "commit",
    async () => {
      const scope = await stage.prompt(script(shell("echo a > a"), "Done."));
      await settled(scope);
      const allowed = await threadScope(stage.db, scope.principal, scope.threadId, "thread.commit");
      await requestCommit(allowed, { message: "Add a" });
      await stage.poke(scope.threadId);
      return scope;
    },
  ],
  [
    "interrupt",
    async () => {
      const scope = await stage.prompt("tokens=2000 delay=10", "demo/scenario-slow");
      await until(async () => (await itemsOf(scope)).some(({ type }) => type === "agentMessage"));
      await interruptTurn(scope);
      await stage.poke(scope.threadId);
      return scope;
    },
  ],
  [
    "ended-by-somebody-else",
    async () => {
      const scope = await stage.prompt("tokens=200 delay=10", "demo/scenario-slow");
      const message = await until(async () => (await itemsOf(scope)).find(({ type }) => type === "agentMessage"));
      await finishTurn(stage.db, scope.threadId, message.turnId, { status: "failed", code: "MODEL_FAILED" });
      return scope;
    },
  ],
  [
    "move-from-a-dead-host",
    async () => {
      const { prisma } = stage.db;
      const [before, soon] = [new Date(0), new Date(Date.now() + 15_000)];
      await prisma.host.update({ where: { id: "stage" }, data: { liveSince: before, drainingAt: before } });
      await prisma.host.create({ data: { id: "dying", epoch: 1, leaseExpiresAt: soon, liveSince: before } });
      const scope = await stage.prompt(script(shell("echo a > a"), "Done."));
      await until(async () => (await hostOf(scope)) === "dying");
      await prisma.host.update({ where: { id: "stage" }, data: { drainingAt: null } });
      await until(async () => (await hostOf(scope)) === "stage");
      return scope;
    },
  ],
  [
    "move-from-a-draining-host",
    async () => {
      await stage.startWorker({}, { hostId: "other" });
      const scope = await stage.prompt(script(shell("echo a > a; sleep 2"), shell("echo a > b; sleep 1"), "Done."));
      const from = await until(() => hostOf(scope));
      const drain = (drainingAt: Date | null) =>
        stage.db.prisma.host.update({ where: { id: from }, data: { drainingAt } });
      await drain(new Date());
      await until(async () => (await hostOf(scope)) !== from);
      await settled(scope);
      await drain(null);
      return scope;
    },
  ],
];

async function hostOf({ threadId }: ThreadScope): Promise<string | null> {
  return (await stage.db.prisma.thread.findUniqueOrThrow({ where: { id: threadId } })).hostId;
}

test.each(paths)("%s", { timeout: 180_000 }, async (name, run) => {
  const scope = await run();
  await settled(scope);
  const client = new Client({ connection });
  const handle = client.workflow.getHandle(threadWorkflowId(scope.threadId));
  await handle.result();
  const history = await handle.fetchHistory();
  await Worker.runReplayHistory({ workflowsPath }, history);
  const written = textIn(history);
  expect(written).toContain(scope.threadId);
  expect(written).not.toContain(import.meta.dirname.split("/apps/")[0]);
  for (const secret of ["echo a", "Go on.", "Done."]) expect(written).not.toContain(secret);
  const file = fileURLToPath(new URL(`histories/${name}.json`, import.meta.url));
  if (!existsSync(file)) await writeFile(file, `${withoutHostNames(history)}\n`);
});

/** All text that a history holds, payloads decoded. */
function textIn(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  if (value === null || typeof value !== "object") return String(value);
  return Object.values(value).map(textIn).join("\n");
}

/** Workers name themselves and their queues after the machine. */
function withoutHostNames(history: unknown): string {
  return JSON.stringify(history).replaceAll(hostname(), "host");
}
