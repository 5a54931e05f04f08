import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundleWorkflowCode } from "@temporalio/worker";
import { type Stage, secretKey, until, workflowsPath } from "./harness.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The worker as it is shipped, bundled for this run. */
export type WorkerProgram = { path: string; remove(): Promise<void> };

export async function buildWorker(): Promise<WorkerProgram> {
  // Below the checkout, where the packages from npm are found.
  const dir = join(root, `.cache/worker-${process.pid}`);
  const path = join(dir, "main.js");
  await mkdir(dir, { recursive: true });
  const [{ code }] = await Promise.all([
    bundleWorkflowCode({ workflowsPath, logger: silent }),
    promisify(execFile)(process.execPath, ["infra/bundle.mjs", "apps/worker/src/main.ts", path], { cwd: root }),
  ]);
  await writeFile(join(dir, "workflow-bundle.js"), code);
  return { path, remove: () => rm(dir, { recursive: true, force: true }) };
}

const nothing = () => undefined;
const silent = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A machine with a worker: its own name and disk. */
export type TestHost = {
  hostId: string;
  homeDir: string;
  /** Starts the worker, and waits until it serves. */
  start(): Promise<void>;
  /** To the worker alone; `SIGKILL` also waits for its end. */
  signal(name: "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM"): Promise<void>;
  /** Resolves when the worker has ended. */
  ended(): Promise<void>;
  /** A path in the thread's worktree. */
  file(threadId: string, path?: string): string;
};

export function createTestHost(stage: Stage, program: WorkerProgram, hostId: string): TestHost {
  const homeDir = join(dirname(stage.homeDir), hostId);
  let worker: ChildProcess | null = null;
  let starts = 0;

  async function ended(): Promise<void> {
    if (worker && worker.exitCode === null && worker.signalCode === null) await once(worker, "exit");
  }

  return {
    hostId,
    homeDir,
    ended,
    file: (threadId, path = "") => join(homeDir, "worktrees", threadId, "tree", path),
    async start() {
      starts += 1;
      await mkdir(homeDir, { recursive: true });
      await writeFile(join(homeDir, "host-id"), `${hostId}\n`);
      const env = {
        PATH: "/usr/local/bin:/usr/bin:/bin",
        HEDDLE_HOME: homeDir,
        DATABASE_URL: stage.databaseUrl,
        TEMPORAL_ADDRESS: stage.temporalAddress,
        HEDDLE_SECRET_KEYS: secretKey,
        HEDDLE_ALLOWED_PRIVATE_HOSTS: "127.0.0.1",
      } as unknown as NodeJS.ProcessEnv;
      const log = join(homeDir, `worker-${starts}.log`);
      worker = spawn("setpriv", ["--pdeathsig", "KILL", "--", process.execPath, program.path], {
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const file = createWriteStream(log);
      worker.stdout?.pipe(file);
      worker.stderr?.pipe(file);
      await until(async () => {
        const text = await readFile(log, "utf8").catch(() => "");
        if (worker?.exitCode !== null) throw new Error(`the worker of ${hostId} ended: ${text}`);
        return text.includes("worker is ready");
      });
    },
    async signal(name) {
      worker?.kill(name);
      if (name === "SIGKILL") await ended();
    },
  };
}

/** The ids of processes whose command line holds the text. */
export async function processesWith(text: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "");
      return line.includes(text) && pid !== process.pid ? [pid] : [];
    }),
  );
  return found.flat();
}
