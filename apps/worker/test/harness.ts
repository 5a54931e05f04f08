import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { controlQueue, pokeSignal, threadWorkflowId, threadWorkflowType } from "@heddle/agent/contract";
import { commitAll, userGit, writeFiles } from "@heddle/agent/git/testing/project";
import { createEgressFetch } from "@heddle/agent/models/egress";
import { createSandboxes, type Sandboxes } from "@heddle/agent/sandbox/sandboxes";
import type { Database } from "@heddle/db/database";
import { startHost } from "@heddle/db/hosts";
import { listItems } from "@heddle/db/items";
import type { ItemView } from "@heddle/db/items.schema";
import { projectScope, type ThreadScope, threadScope } from "@heddle/db/scope";
import { createSecretBox } from "@heddle/db/secrets";
import { openTestDatabase } from "@heddle/db/testing/database";
import { makeWorkspace, type TestWorkspace } from "@heddle/db/testing/fixtures";
import { createThread, getThread } from "@heddle/db/threads";
import type { ThreadView } from "@heddle/db/threads.schema";
import { createDemoModel, type DemoModel } from "@heddle/infra/demo-model/server";
import { startTestTemporal } from "@heddle/infra/testing/test-services";
import { Client, Connection } from "@temporalio/client";
import { pino } from "pino";
import type { Deps } from "../src/deps.ts";
import { createInterrupts } from "../src/interrupts.ts";
import { createNetworkPolicies } from "../src/network-policies.ts";
import { installTemporalLog } from "../src/temporal-log.ts";
import { startWorker, type WorkerHandle } from "../src/worker.ts";

export const workflowsPath = fileURLToPath(new URL("../src/workflows/index.ts", import.meta.url));
export const secretKey = Buffer.alloc(32, 7).toString("base64");
const scenarioModels = [
  "demo",
  "tools",
  "slow",
  "429",
  "500",
  "cut",
  "malformed",
  "unknown-tool",
  "400",
  "401",
  "hang",
];

/** Real PostgreSQL, Temporal, git and sandbox with one project; only the model is played. No worker runs yet. */
export type Stage = {
  db: Database;
  databaseUrl: string;
  temporalAddress: string;
  homeDir: string;
  sourceDir: string;
  demo: DemoModel;
  workspace: TestWorkspace;
  sandboxes: Sandboxes;
  /** @param instead parts to use in place of the usual ones */
  startWorker(
    instead?: Partial<Pick<Deps, "sandboxes" | "log" | "remotes">>,
    options?: StageWorker,
  ): Promise<WorkerHandle>;
  /** What the web process does after each write for a thread. */
  poke(threadId: string): Promise<void>;
  /** A new thread of the member; `running` at once. */
  prompt(text: string, model?: string): Promise<ThreadScope>;
  close(): Promise<void>;
};

/** `hostId`: another host than the usual one, with a home of its own. */
type StageWorker = { stepsAtOnce?: number; hostId?: string };

installTemporalLog(pino({ level: "silent" }));

/** @param temporalConfig settings of the Temporal server by name */
export async function openStage(temporalConfig?: Record<string, string>): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), "heddle-stage-"));
  const homeDir = join(root, "home");
  const sourceDir = join(root, "source");
  const [{ db, url, close }, temporal, demo] = await Promise.all([
    openTestDatabase(),
    startTestTemporal(temporalConfig),
    createDemoModel({ port: 0, chunkDelayMs: 0 }),
  ]);
  await makeSource(sourceDir);
  const workspace = await makeWorkspace(db, { baseUrl: demo.baseUrl, sourcePath: sourceDir });
  const provider = await db.prisma.provider.findFirstOrThrow({ where: { workspaceId: workspace.id } });
  const models = scenarioModels.slice(1).map((name, index) => ({ id: `scenario-${name}`, position: index + 1 }));
  await db.prisma.model.createMany({ data: models.map((model) => ({ ...model, providerId: provider.id })) });
  const workers: WorkerHandle[] = [];
  const opened: Sandboxes[] = [];
  const openSandboxes = (dir: string) => {
    const made = createSandboxes({ homeDir: dir });
    opened.push(made);
    return made;
  };
  const sandboxes = openSandboxes(homeDir);
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection });

  const poke = async (threadId: string) => {
    await client.workflow.signalWithStart(threadWorkflowType, {
      workflowId: threadWorkflowId(threadId),
      taskQueue: controlQueue,
      args: [{ threadId }],
      signal: pokeSignal,
    });
  };

  return {
    db,
    databaseUrl: url,
    temporalAddress: temporal.address,
    homeDir,
    sourceDir,
    demo,
    workspace,
    sandboxes,
    async startWorker(instead, { stepsAtOnce, hostId } = {}) {
      const home = hostId === undefined ? homeDir : join(root, hostId);
      const deps = {
        db,
        secrets: createSecretBox([secretKey]),
        homeDir: home,
        fence: await startHost(db, hostId ?? "stage"),
        sandboxes: hostId === undefined ? sandboxes : openSandboxes(home),
        interrupts: createInterrupts(db),
        network: createNetworkPolicies(db, pino({ level: "silent" })),
        fetch: createEgressFetch({ allowPrivate: (host) => host === "127.0.0.1" }),
        remotes: { allowPrivate: (host: string) => host === "localhost" },
        log: pino({ level: "silent" }),
        ...instead,
      };
      const options = { temporalAddress: temporal.address, workflows: { workflowsPath }, stepsAtOnce };
      const worker = await startWorker(deps, options);
      workers.push(worker);
      return worker;
    },
    poke,
    async prompt(text, model = "demo/scenario-tools") {
      const { principals, projectId } = workspace;
      const scope = await projectScope(db, principals.member, projectId, "thread.create");
      const thread = await createThread(scope, { prompt: text, model, visibility: "shared" });
      await poke(thread.id);
      return threadScope(db, principals.member, thread.id, "thread.prompt");
    },
    async close() {
      for (const worker of workers) {
        worker.stop();
        await worker.done;
      }
      await connection.close();
      for (const each of opened) await each.closeAll();
      await demo.close();
      await temporal.stop();
      await close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function makeSource(dir: string): Promise<void> {
  await writeFiles(dir, { "README.md": "# Source\n", "AGENTS.md": "Be brief.\n", "src/a.txt": "one\ntwo\n" });
  await userGit(dir, "init", "-q", "-b", "main");
  await commitAll(dir, "First");
}

/** Waits, bounded by the test's own time-out, until `condition` gives a value. */
export async function until<T>(condition: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const value = await condition();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The thread once no turn of it runs or waits. */
export function settled(scope: ThreadScope): Promise<ThreadView> {
  return until(async () => {
    const thread = await getThread(scope);
    return thread.status === "running" ? null : thread;
  });
}

export async function itemsOf(scope: ThreadScope): Promise<ItemView[]> {
  return (await listItems(scope, { after: 0 })).items;
}

/** A prompt for `scenario-*` models: the steps as the demo model's JSON array. */
export function script(...steps: unknown[]): string {
  return `Play this.\n\`\`\`json\n${JSON.stringify(steps)}\n\`\`\``;
}

export const shell = (command: string) => ({ name: "shell", arguments: { command } });
