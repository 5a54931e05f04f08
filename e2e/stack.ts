import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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
  start(): Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL to a part; its supervisor goes on. */
  kill(part: Part): Promise<void>;
  /** SIGKILL to the supervisor and every part at once. */
  killAll(): Promise<void>;
};

export async function createStack(homeDir: string): Promise<Stack> {
  const port = await freePort();
  let supervisor: ChildProcess | null = null;

  async function pidOf(part: Part): Promise<number> {
    const record = JSON.parse(await readFile(join(homeDir, "run", `${part}.json`), "utf8"));
    return record.pid;
  }

  return {
    url: `http://127.0.0.1:${port}`,
    homeDir,
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
      process.kill(await pidOf(part), "SIGKILL");
    },
    async killAll() {
      const parts: Part[] = ["worker", "web", "postgres", "temporal", "demo-model"];
      const pids = await Promise.all(parts.map(pidOf));
      const exited = supervisor ? once(supervisor, "exit") : Promise.resolve();
      supervisor?.kill("SIGKILL");
      for (const pid of pids) process.kill(pid, "SIGKILL");
      await exited;
    },
  };
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
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
