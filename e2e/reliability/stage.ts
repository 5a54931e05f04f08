import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTemporal } from "@heddle/infra/temporal-binary";
import { shellEnv } from "../env.ts";
import { makeRepository } from "../repository.ts";
import { createStack, type Stack } from "../stack.ts";
import { type Client, createClient } from "./client.ts";
import { noteChanges, type RowWatch, watchRows } from "./database.ts";
import { createPlayedModel, type PlayedModel } from "./model.ts";
import { until } from "./until.ts";

/** A whole stack, started by `npm start`, and beside it what no kill reaches: the model and those who watch. */
export type Stage = {
  stack: Stack;
  client: Client;
  model: PlayedModel;
  rows: RowWatch;
  /** A project of its own has a store, and so a repository lock, of its own. @returns its id */
  addProject(name: string): Promise<string>;
  worktree(threadId: string): string;
  store(projectId: string): string;
  /** @param keep leaves the home behind, for a look at it */
  close(keep: boolean): Promise<void>;
};

export const modelName = "played/plan";
/** Of a workflow's history: some five steps of a turn, so that a turn goes on over several runs. */
const continueAsNewAfter = 60;

export async function openStage(): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), "heddle-reliability-"));
  const homeDir = join(dir, "home");
  const model = await createPlayedModel();
  const stack = await createStack(homeDir, { HEDDLE_TEMPORAL_BIN: await temporalWithShortHistories(dir) });
  const client = createClient(stack.url);
  await stack.start();
  const rows = watchRows(homeDir);
  await noteChanges(rows);
  const provider = { name: "played", kind: "openai-chat", baseUrl: model.baseUrl, models: [{ id: "plan" }] };
  await client.post("/providers", provider, "provider");
  const source = join(dir, "source");
  await makeRepository(source, "main", { "README.md": "# Source\n", "src/a.txt": "one\ntwo\n" });

  return {
    stack,
    client,
    model,
    rows,
    async addProject(name) {
      const { id } = await client.post<{ id: string }>("/projects", { name, source: { path: source } }, `add:${name}`);
      await until(
        async () => (await client.get<{ status: string }>(`/projects/${id}`)).status === "ready",
        `the project ${name} is ready`,
      );
      return id;
    },
    worktree: (threadId) => join(homeDir, "worktrees", threadId),
    store: (projectId) => join(homeDir, "repos", projectId, "threads.git"),
    async close(keep) {
      await rows.close();
      await stack.stop();
      await model.close();
      if (!keep) await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The Temporal server, told to ask its workflows to continue as new soon. @returns the program that starts it */
async function temporalWithShortHistories(dir: string): Promise<string> {
  const { path } = await findTemporal(shellEnv.HEDDLE_TEMPORAL_BIN, { report: console.log });
  const setting = `limit.historyCount.suggestContinueAsNew=${continueAsNewAfter}`;
  const program = join(dir, "temporal");
  await writeFile(
    program,
    `#!/bin/sh\n[ "$1" != server ] || exec '${path}' "$@" --dynamic-config-value ${setting}\nexec '${path}' "$@"\n`,
  );
  await chmod(program, 0o755);
  return program;
}
