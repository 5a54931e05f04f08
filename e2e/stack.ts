import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@heddle/infra/ports";
import { shellEnv } from "./env.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

export const owner = {
  email: "owner@example.test",
  password: "correct horse battery",
  token: "hdl_e2e_0123456789abcdef",
};

export type Part = "worker" | "web" | "postgres" | "temporal" | "demo-model";

/** A stack of its own, started and stopped as a person would: by `npm start` and by signals. */
export type Stack = {
  url: string;
  homeDir: string;
  /** Of the supervisor and, as noted by it, of a part. @throws while it does not run */
  pidOf(part: Part | "supervisor"): Promise<number>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL to a part; its supervisor goes on. */
  kill(part: Part): Promise<void>;
  /** SIGKILL to the supervisor and every part at once. */
  killAll(): Promise<void>;
};

/** @param env settings of this stack, besides a person's own */
export async function createStack(homeDir: string, env: Record<string, string> = {}): Promise<Stack> {
  const port = await freePort();
  let supervisor: ChildProcess | null = null;

  async function pidOf(part: Part | "supervisor"): Promise<number> {
    if (part === "supervisor" && supervisor?.pid) return supervisor.pid;
    const record = JSON.parse(await readFile(join(homeDir, "run", `${part}.json`), "utf8"));
    return record.pid;
  }

  return {
    url: `http://127.0.0.1:${port}`,
    homeDir,
    pidOf,
    async start() {
      const child = spawn(process.execPath, ["infra/bootstrap/start.mjs"], {
        cwd: root,
        env: {
          ...shellEnv,
          HEDDLE_HOME: homeDir,
          HEDDLE_PORT: String(port),
          HEDDLE_BOOTSTRAP_EMAIL: owner.email,
          HEDDLE_BOOTSTRAP_PASSWORD: owner.password,
          HEDDLE_BOOTSTRAP_TOKEN: owner.token,
          ...env,
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      supervisor = child;
      await readyLine(child);
    },
    async stop() {
      if (!supervisor || supervisor.exitCode !== null || supervisor.signalCode !== null) return;
      const exited = once(supervisor, "exit");
      supervisor.kill("SIGTERM");
      await exited;
    },
    async kill(part) {
      endNow(await pidOf(part));
    },
    async killAll() {
      const exited = supervisor ? once(supervisor, "exit") : Promise.resolve();
      // First, so that it starts none of the others again.
      supervisor?.kill("SIGKILL");
      const parts: Part[] = ["worker", "web", "postgres", "temporal", "demo-model"];
      for (const pid of await Promise.allSettled(parts.map(pidOf))) {
        if (pid.status === "fulfilled") endNow(pid.value);
      }
      await exited;
    },
  };
}

function endNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Dead already.
  }
}

/** Of the database of a running stack. */
export async function databaseUrl(homeDir: string): Promise<string> {
  const { postgresPassword } = JSON.parse(await readFile(join(homeDir, "secrets.json"), "utf8"));
  const port = (await readFile(join(homeDir, "postgres/postmaster.pid"), "utf8")).split("\n")[3];
  return `postgresql://heddle:${postgresPassword}@127.0.0.1:${port}/heddle`;
}

function readyLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const read = (chunk: Buffer) => {
      printed += chunk;
      if (printed.includes("Heddle is ready at")) resolve();
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (code) => reject(new Error(`npm start ended with ${code}:\n${printed}`)));
  });
}

/** A call of the public API with the owner's token. @throws with the answer's body unless it is 2xx */
export async function api<T>(
  stack: Pick<Stack, "url">,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${stack.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${owner.token}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
